package bench

import (
	"context"
	"slices"

	"spanwise/lab/native"
)

// A comparison holds what was measured of several systems by turns: by row and by column, which is a system, one value for each
// turn.
type comparison map[[2]string][]float64

func (c comparison) add(row, column string, value float64) {
	key := [2]string{row, column}
	c[key] = append(c[key], value)
}

func (c comparison) values(row, column string) []float64 { return c[[2]string{row, column}] }

// What a row of a comparison is about, if it is about more than one program.
const (
	services = "the services"
	programs = "all programs"
)

// busy are the programs that have something to do while requests are answered, which the lab's page has not.
var busy = slices.DeleteFunc(slices.Clone(native.All), func(name string) bool { return name == native.Lab })

// The names of rows.
func throughputAt(o offer) string      { return o.name + ": throughput" }
func p50At(o offer) string             { return o.name + ": p50" }
func p99At(o offer) string             { return o.name + ": p99" }
func cpuOf(o offer, who string) string { return o.name + ": CPU per 1,000 requests, " + who }

func allocatedAt(o offer) string { return o.name + ": allocated per request, the services" }

func failedAt(o offer) string { return o.name + ": requests that failed" }

func lostAt(o offer) string { return o.name + ": spans that did not reach Jaeger" }

// A row is one of the things that are measured of a turn.
type row struct {
	name, unit string
	of         func(turn) float64
}

// turnRows returns the rows for an offer.
func turnRows(o offer) []row {
	rows := []row{
		{throughputAt(o), "requests/s", func(t turn) float64 { return t.throughput }},
		{p50At(o), "ms", func(t turn) float64 { return t.p50 }},
		{p99At(o), "ms", func(t turn) float64 { return t.p99 }},
		{failedAt(o), "", func(t turn) float64 { return t.failed }},
		{lostAt(o), "", func(t turn) float64 { return t.lost }},
		{cpuOf(o, services), "s", func(t turn) float64 { return t.per1000(native.Services...) }},
		{cpuOf(o, programs), "s", func(t turn) float64 { return t.per1000(native.All...) }},
	}
	for _, name := range busy {
		rows = append(rows, row{cpuOf(o, name), "s", func(t turn) float64 { return t.per1000(name) }})
	}
	return rows
}

// allocationRows returns the rows about the services' allocations, which systems with PROFILE=on have.
func allocationRows(o offer) []row {
	return []row{
		{allocatedAt(o), "KB", func(t turn) float64 { return t.used.bytes / t.answered / 1000 }},
		{o.name + ": allocations per request, the services", "", func(t turn) float64 { return t.used.objects / t.answered }},
	}
}

// lost adds up the spans that did not reach Jaeger, in all turns. A turn without them looks cheaper than it was.
func (c comparison) lost(names []string, offers ...offer) Figure {
	sum := 0.0
	for _, o := range offers {
		for _, name := range names {
			for _, n := range c.values(lostAt(o), name) {
				sum += n
			}
		}
	}
	return figure("spans that did not reach Jaeger, in all turns", "spans", sum).atMost(0)
}

// measure puts each load on each of the systems, as often as the size says, after a turn that does not count because it fills
// caches and opens connections. Each round begins with another system, so that none is always the first.
func (c comparison) measure(ctx context.Context, b *Bench, systems []*system, names []string, offers []offer) error {
	for round := range b.Size.repeats + 1 {
		b.Say("  round %d of %d", round, b.Size.repeats)
		for _, o := range offers {
			for i := range systems {
				at := (i + round) % len(systems)
				t, err := o.take(ctx, systems[at], b.Size.slice)
				if err != nil {
					return err
				}
				if round == 0 {
					continue
				}
				if t.lost > 0 {
					b.Say("  %s: %.0f spans of %s did not reach Jaeger within %v", o.name, t.lost, names[at], patience)
				}
				for _, r := range append(turnRows(o), allocationRows(o)...) {
					c.add(r.name, names[at], r.of(t))
				}
			}
		}
	}
	return nil
}
