package capacity

import (
	"context"
	"fmt"
	"slices"
	"time"

	"spanwise/lab/bench"
)

// A Bench measures the costs, on systems that it starts for that.
type Bench struct {
	Start  bench.Start
	Tiers  bench.Start // without the services
	Commit string      // of the source tree
	Size   Size
	Say    func(format string, args ...any) // reports the progress
}

// A Size is how often and how long everything is measured.
type Size struct {
	name   string
	rounds int           // of the services
	tiers  int           // rounds of the other pipelines
	slice  time.Duration // of load, at each rate
	bulk   time.Duration // of load, to see how much space its spans take
	bulks  int           // such loads
	wait   time.Duration // of the gateways, in the rounds, in whole seconds; their processor time does not depend on it
	checks []int         // rates in requests/s at which the predictions are checked
}

// The sizes: what the page shows, in 11 minutes, and what fits into CI.
var (
	Full  = Size{"full", 5, 3, 6 * time.Second, 10 * time.Second, 3, 2 * time.Second, []int{500, 1000}}
	Quick = Size{"quick", 1, 1, 500 * time.Millisecond, time.Second, 1, time.Second, []int{1000}}
)

// fitRates are the rates in requests/s from which the costs are computed.
var fitRates = []int{200, 350, 700}

// A stage is a system and what is measured in it. It adds to the costs.
type stage struct {
	title   string
	measure func(*Bench, context.Context, *Costs) error
}

var stages = []stage{
	{"the shop with its agent and Jaeger", (*Bench).measureShop},
	{"Jaeger's store on disk", (*Bench).measureBadger},
	{"Kafka's bytes", (*Bench).measureKafka},
	{"the memory of gateways", (*Bench).measureMemory},
	{"agents and gateways", tiers(Gateways)},
	{"agents, Kafka and gateways", tiers(Kafka)},
}

// Measure measures the costs and checks them. A stage that fails ends it.
func (b *Bench) Measure(ctx context.Context) (Costs, error) {
	began := time.Now()
	c := Costs{Machine: bench.Here(), Commit: b.Commit, Size: b.Size.name, Rates: fitRates, Request: "GET " + ordinary}
	for _, s := range stages {
		b.Say("%s", s.title)
		if err := s.measure(b, ctx, &c); err != nil {
			return c, fmt.Errorf("%s: %w", s.title, err)
		}
	}
	c.Seconds = int(time.Since(began).Seconds())
	return c, nil
}

// A system is what a load is put on.
type system interface {
	// load puts a load on the system, and waits until its last span has arrived.
	load(ctx context.Context, rate int, length time.Duration) (loaded, error)
	// cpu returns the seconds of processor time that each part has used since its start.
	cpu() (map[string]float64, error)
}

// A loaded is what became of a load.
type loaded struct {
	answered  float64 // requests
	undecided float64 // traces in the gateways at the end of the load
}

// A turn is a load of some seconds at one rate.
type turn struct {
	loaded
	rate  float64 // answers/s
	cores map[string]float64
}

// turns puts each rate on the system, in rounds, each of which begins with another rate. The result has them by rate.
func (b *Bench) turns(ctx context.Context, s system, rounds int) (map[int][]turn, error) {
	if _, err := s.load(ctx, fitRates[0], b.Size.slice); err != nil { // fills caches and opens connections
		return nil, err
	}
	rates := slices.Concat(fitRates, b.Size.checks)
	turns := make(map[int][]turn)
	for round := range rounds {
		b.Say("  round %d of %d", round+1, rounds)
		for i := range rates {
			rate := rates[(i+round)%len(rates)]
			t, err := b.take(ctx, s, rate)
			if err != nil {
				return nil, err
			}
			turns[rate] = append(turns[rate], t)
		}
	}
	return turns, nil
}

// take puts one load on the system. What the parts do until the last span has arrived belongs to it.
func (b *Bench) take(ctx context.Context, s system, rate int) (turn, error) {
	before, err := s.cpu()
	if err != nil {
		return turn{}, err
	}
	l, err := s.load(ctx, rate, b.Size.slice)
	if err != nil {
		return turn{}, err
	}
	after, err := s.cpu()
	if err != nil {
		return turn{}, err
	}
	seconds := b.Size.slice.Seconds()
	t := turn{loaded: l, rate: l.answered / seconds, cores: make(map[string]float64)}
	for name := range after {
		t.cores[name] = (after[name] - before[name]) / seconds
	}
	return t, nil
}

// lineOf fits the cost of a part, of which that many instances ran, for a request or, if spans is not 1, for each of its spans.
func lineOf(turns map[int][]turn, name string, instances int, spans float64) Line {
	rounds := make([][]point, len(turns[fitRates[0]]))
	for _, rate := range fitRates {
		for round, t := range turns[rate] {
			rounds[round] = append(rounds[round], point{t.rate * spans, t.cores[name]})
		}
	}
	return fit(instances, rounds)
}
