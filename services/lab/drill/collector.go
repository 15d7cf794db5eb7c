package drill

import (
	"context"
	"errors"
	"time"

	"spanwise/internal/journal"
	"spanwise/lab/native"
	"spanwise/lab/play"
)

const (
	brief  = 4 * time.Second
	outage = 15 * time.Second
)

// slowPath is a request that tail sampling keeps.
const slowPath = usualPath + "?latency=pricing:600ms"

var collectorDrills = []Drill{
	{
		Name: "collector-sigterm",
		Text: "SIGTERM to the Collector, and a restart 4 s later.",
		Break: func(ctx context.Context, r *Rig) error {
			return r.away(ctx, brief, func() error { return r.Terminate(ctx, native.Collector) }, native.Collector)
		},
	},
	{
		Name:  "collector-sigkill",
		Text:  "kill -9 of the Collector, and a restart 4 s later.",
		Break: func(ctx context.Context, r *Rig) error { return killCollector(ctx, r, brief) },
		Quick: true,
	},
	{
		Name: "collector-sigkill-four-times",
		Text: "kill -9 of the Collector four times in a row, each time as soon as it is ready again.",
		Break: func(ctx context.Context, r *Rig) error {
			for range 4 {
				if err := killCollector(ctx, r, time.Second/2); err != nil {
					return err
				}
			}
			return nil
		},
	},
	{
		Name: "collector-away",
		Text: "The Collector is stopped for 15 s.",
		Break: func(ctx context.Context, r *Rig) error {
			return r.away(ctx, outage, func() error { return r.Terminate(ctx, native.Collector) }, native.Collector)
		},
	},
	{
		Name: "collector-memory",
		Text: "The Collector's memory limit is so low that it refuses spans until its next garbage collection. The services keep and resend them.",
		// Its heap grows from 6 to 10 MB between two collections; it refuses from 80 % of the limit.
		Settings: []string{"OTELCOL_MEMORY_MIB=10"},
		Break:    func(ctx context.Context, r *Rig) error { r.Repair(); return play.Wait(ctx, 2*brief) },
		Check:    checkRefused,
	},
	{
		Name: "tail-sampling-sigkill",
		Text: "kill -9 of the Collector with SAMPLING=tail, which holds traces in memory until it decides: those that began in the last 5 s may be lost.",
		// All requests are slow enough to be kept, so those that are missing were lost.
		Settings: []string{"SAMPLING=tail"},
		Load:     reading(slowPath),
		Probe:    slowPath,
		Break:    func(ctx context.Context, r *Rig) error { return killCollector(ctx, r, brief) },
		MayLose: func(r *Rig, s journal.Span) bool {
			killed := r.Killed[native.Collector]
			return s.Started.Before(killed) && killed.Sub(s.Started) < 5*time.Second
		},
		Compare: lostSome,
	},
}

// away takes programs away for that long, and then starts them again in the given order.
func (r *Rig) away(ctx context.Context, long time.Duration, end func() error, names ...string) error {
	if err := end(); err != nil {
		return err
	}
	if err := play.Wait(ctx, long); err != nil {
		return err
	}
	r.Repair()
	for _, name := range names {
		if err := r.Run.Restart(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// killCollector leaves the Collector no time to save anything, as a crash or the kernel's out-of-memory killer would.
func killCollector(ctx context.Context, r *Rig, long time.Duration) error {
	return r.away(ctx, long, func() error { return r.Kill(native.Collector) }, native.Collector)
}

// lostSome requires that a drill that cannot but lose spans has lost some.
func lostSome(_ context.Context, _ *Rig, o Outcome) error {
	if o.Lost == 0 {
		return errors.New("no span was lost, so what this drill is about did not happen")
	}
	return nil
}

// checkRefused makes sure that the Collector has refused spans: otherwise the drill did not show anything.
func checkRefused(ctx context.Context, r *Rig) error {
	d, err := r.Delivered(ctx)
	if err == nil && d.Refused == 0 {
		err = errors.New("the Collector refused no spans, so what this drill is about did not happen")
	}
	return err
}
