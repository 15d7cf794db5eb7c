package drill

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"spanwise/lab/native"
)

// Targets that are not a program of the lab.
const (
	postgresServer = "postgres"
	clients        = "clients" // they come in addition to the usual load
	network        = "network" // between the Collector and all others
)

var programs = []string{native.Order, native.Inventory, native.Pricing, native.Collector, native.Jaeger}

// A kind is a way to break a run.
type kind struct {
	name    string
	targets []string // it happens to one of them
	also    []string // nothing else may happen to these meanwhile
	needs   string   // one of the resources, if not ""
	// inflict breaks the run, makes sure that it is broken, and repairs it after f.away.
	inflict func(ctx context.Context, m *mix, r *Rig, f fault) error
}

// kinds are all ways in which the mix breaks a run.
var kinds = []kind{
	{name: "killed", targets: programs, inflict: kill},
	{name: "terminated", targets: programs, inflict: terminate},
	{name: "paused", targets: programs, needs: signals, inflict: pause},
	{name: "short of memory", targets: []string{native.Collector}, inflict: limitMemory},
	{name: "its queue's disk full", targets: []string{native.Collector}, also: programs, needs: smallDisk, inflict: fillQueueDisk},
	{name: "its queue cut in half", targets: []string{native.Collector}, also: programs, inflict: cutQueue},
	{name: "cut", targets: []string{network}, also: []string{native.Collector}, needs: network, inflict: cutNetwork},
	{name: "crashed", targets: []string{postgresServer}, needs: postgresServer, inflict: crashPostgres},
	{name: "out of connections", targets: []string{postgresServer}, needs: postgresServer, inflict: exhaustPostgres},
	{name: "burst", targets: []string{clients}, inflict: burst},
	{name: "slow", targets: []string{clients}, also: []string{native.Order}, inflict: slowClients},
	{name: "idle", targets: []string{clients}, also: []string{native.Order}, inflict: idleClients},
	{name: "with pricing's clock ahead", targets: []string{clients}, inflict: clockAhead},
}

// A fault is a kind that happens to one target.
type fault struct {
	kind
	target      string
	after, away time.Duration // from the beginning of the step; until the repair
}

func (f fault) String() string {
	return fmt.Sprintf("%s %s for %v", f.target, f.name, f.away.Round(time.Millisecond))
}

// touches returns what no other fault may happen to at the same time.
func (f fault) touches() []string { return append(slices.Clone(f.also), f.target) }

// meets reports whether two faults cannot happen at the same time.
func (f fault) meets(g fault) bool {
	return slices.ContainsFunc(f.touches(), func(name string) bool { return slices.Contains(g.touches(), name) })
}

// A deck deals faults in random order, each once before any of them comes again.
type deck struct {
	random *rand.Rand
	lacks  map[string]error // resources
	left   []fault
}

// deal returns one fault, or two that can happen at the same time.
func (d *deck) deal() []fault {
	if len(d.left) == 0 {
		d.shuffle()
	}
	dealt := d.left[:1:1]
	d.left = d.left[1:]
	if d.random.IntN(2) == 0 {
		return dealt
	}
	if i := slices.IndexFunc(d.left, func(f fault) bool { return !f.meets(dealt[0]) }); i >= 0 {
		dealt = append(dealt, d.left[i])
		d.left = slices.Delete(d.left, i, i+1)
	}
	return dealt
}

// shuffle makes a deck of all faults that are possible here.
func (d *deck) shuffle() {
	for _, k := range kinds {
		if d.lacks[k.needs] != nil {
			continue
		}
		for _, target := range k.targets {
			d.left = append(d.left, fault{k, target, between(d.random, 0, time.Second), between(d.random, 0, 5*time.Second)})
		}
	}
	d.random.Shuffle(len(d.left), func(i, j int) { d.left[i], d.left[j] = d.left[j], d.left[i] })
}
