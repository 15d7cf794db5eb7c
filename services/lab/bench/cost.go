package bench

import (
	"context"
	"time"

	"spanwise/internal/sampling"
	"spanwise/lab/native"
	"spanwise/lab/play"
)

var cost = Part{
	Name:  "cost",
	Title: "What tracing costs",
	About: "Four systems run next to each other and get the same load by turns: `GET " + ordinary + "`, at saturation (8 clients, each of which sends its next " +
		"request as soon as the last one is answered) and at a steady 500 requests a second (latency counts from when a request was due). A ratio compares two " +
		"systems within the same turn. Processor time includes what the programs did until the last span was in Jaeger; that of the load generator, " +
		"which runs on the same machine, is not in it. All systems have `PROFILE=on`, which counts allocations.\n\n" +
		"For comparison: for a service that increments a counter in Valkey at 10,000 requests a second, Coroot [published](https://coroot.com/blog/opentelemetry-for-go-measuring-the-overhead) " +
		"+35 % of processor time (2 to 2.7 cores) and a 99th percentile of 15 instead of 10 ms with OpenTelemetry's SDK for Go. For HotROD, no such figures are known to us.",
	measure: (*Bench).cost,
}

// An arm is a way to run the services.
type arm struct {
	name     string
	settings []string
	share    float64 // of the requests that are sampled
}

var (
	withoutTelemetry = arm{"no telemetry", []string{"OTEL_SDK_DISABLED=true"}, 0}
	allSampled       = arm{"100 % sampled", nil, 1}

	arms = []arm{
		withoutTelemetry,
		{"nothing sampled", []string{"OTEL_TRACES_SAMPLER=always_off"}, 0},
		{"10 % head-sampled", []string{sampling.Name + "=head:10%"}, 0.1},
		allSampled,
	}
)

// steady is the rate at which the services' latency, cost and memory are measured.
var steady = atRate(500)

func (b *Bench) cost(ctx context.Context) (figures Figures, err error) {
	var settings [][]string
	for _, a := range arms {
		settings = append(settings, append([]string{"PROFILE=on"}, a.settings...))
	}
	err = Together(ctx, b.Ours, settings, func(runs []*native.Run) error {
		systems, err := newSystems(runs)
		if err != nil {
			return err
		}
		for i, a := range arms {
			systems[i].share = a.share
		}
		c := make(comparison)
		if err := c.idle(ctx, systems, b.Size.slice); err != nil {
			return err
		}
		if err := c.measure(ctx, b, systems, armNames(), []offer{saturation, steady}); err != nil {
			return err
		}
		figures = append(costRatios(c), costTable(c)...)
		return nil
	})
	return figures, err
}

func armNames() (names []string) {
	for _, a := range arms {
		names = append(names, a.name)
	}
	return names
}

// costRatios compares the other arms with the one without telemetry.
func costRatios(c comparison) (figures Figures) {
	base, all := withoutTelemetry.name, allSampled.name
	between := func(name, row string) Figure { return ratio(name, c.values(row, all), c.values(row, base)) }
	figures = append(figures,
		between("throughput at saturation, 100 % sampled to no telemetry", throughputAt(saturation)).atLeast(0.8),
		between("CPU of the services at 500 requests/s, 100 % sampled to no telemetry", cpuOf(steady, services)).atMost(1.25),
		difference("p99 at 500 requests/s, 100 % sampled minus no telemetry", "ms", c.values(p99At(steady), all), c.values(p99At(steady), base)).atMost(1),
		between("CPU of the services at saturation, 100 % sampled to no telemetry", cpuOf(saturation, services)),
		between("allocated bytes per request in the services, 100 % sampled to no telemetry", allocatedAt(steady)),
		between("CPU of all programs at 500 requests/s, 100 % sampled to no telemetry", cpuOf(steady, programs)))
	for _, a := range arms[1 : len(arms)-1] {
		figures = append(figures,
			ratio("throughput at saturation, "+a.name+" to no telemetry", c.values(throughputAt(saturation), a.name), c.values(throughputAt(saturation), base)),
			ratio("CPU of the services at 500 requests/s, "+a.name+" to no telemetry", c.values(cpuOf(steady, services), a.name), c.values(cpuOf(steady, services), base)))
	}
	return append(figures, c.lost(armNames(), saturation, steady), figure("one of the systems, idle: share of a processor", "%", c.values(idleShare, allSampled.name)...).atMost(2).
		noting("the other three are idle during a turn"))
}

// costTable lists what the ratios were computed from.
func costTable(c comparison) (figures Figures) {
	for _, o := range []offer{saturation, steady} {
		for _, row := range append(turnRows(o), allocationRows(o)...) {
			for _, a := range arms {
				figures = append(figures, figure(row.name, row.unit, c.values(row.name, a.name)...).in(a.name))
			}
		}
	}
	return figures
}

const idleShare = "idle"

// idle measures the processor time that systems without load use.
func (c comparison) idle(ctx context.Context, systems []*system, length time.Duration) error {
	for i, s := range systems {
		if _, err := s.settle(ctx, patience); err != nil {
			return err
		}
		before, err := s.cpu()
		if err != nil {
			return err
		}
		if err := play.Wait(ctx, length); err != nil {
			return err
		}
		after, err := s.cpu()
		if err != nil {
			return err
		}
		used := total(after, native.All) - total(before, native.All)
		c.add(idleShare, arms[i].name, 100*used/length.Seconds())
	}
	return nil
}
