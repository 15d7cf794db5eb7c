package bench

import (
	"context"
	"time"

	"spanwise/lab/native"
)

// A Cost is the processor time of a system at a steady rate, in seconds for 1,000 requests.
type Cost struct {
	Services, Collector, Jaeger Figure
	Pipeline, Programs          Figure // of Collector and Jaeger, and of all programs, to those of the first system in the same turn
}

// calmRate is far from what the systems can bear, so that none of them works off a queue.
var calmRate = atRate(200)

// Costs puts the same load on each of the systems by turns, as often as rounds says, and returns what each costs. The spans that are on
// their way at the end of a turn are waited for, because they are part of its cost.
func Costs(ctx context.Context, runs []*native.Run, names []string, rounds int, length time.Duration, say func(string, ...any)) ([]Cost, error) {
	systems, err := newSystems(runs)
	if err != nil {
		return nil, err
	}
	c := make(comparison)
	b := &Bench{Size: Size{repeats: rounds, slice: length}, Say: say}
	if err := c.measure(ctx, b, systems, names, []offer{calmRate}); err != nil {
		return nil, err
	}
	var costs []Cost
	for _, name := range names {
		costs = append(costs, c.costOf(name, names[0]))
	}
	return costs, nil
}

// costOf returns the cost of a system, and its ratio to that of another.
func (c comparison) costOf(name, to string) Cost {
	seconds := func(who, name string) []float64 { return c.values(cpuOf(calmRate, who), name) }
	pipeline := func(name string) []float64 {
		return pairs(seconds(native.Collector, name), seconds(native.Jaeger, name), func(a, b float64) float64 { return a + b })
	}
	return Cost{
		Services:  figure("services", "s", seconds(services, name)...),
		Collector: figure("Collector", "s", seconds(native.Collector, name)...),
		Jaeger:    figure("Jaeger", "s", seconds(native.Jaeger, name)...),
		Pipeline:  ratio("Collector and Jaeger", pipeline(name), pipeline(to)),
		Programs:  ratio("all programs", seconds(programs, name), seconds(programs, to)),
	}
}
