package drill

import (
	"context"
	"errors"

	"spanwise/lab/native"
	"spanwise/lab/play"
)

// onDisk keeps Jaeger's traces across a restart.
var onDisk = []string{"JAEGER_STORAGE=badger"}

var jaegerDrills = []Drill{
	{
		Name: "jaeger-sigkill", Settings: onDisk,
		Text: "kill -9 of Jaeger with its traces on disk, and a restart 15 s later.",
		Break: func(ctx context.Context, r *Rig) error {
			return r.away(ctx, outage, func() error { return r.Kill(native.Jaeger) }, native.Jaeger)
		},
		Quick: true,
	},
	{
		Name: "jaeger-sigkill-collector-restart", Settings: onDisk,
		Text: "The same, and the Collector is restarted while Jaeger is away.",
		Break: func(ctx context.Context, r *Rig) error {
			return r.away(ctx, outage/2, func() error {
				if err := r.Kill(native.Jaeger); err != nil {
					return err
				}
				if err := play.Wait(ctx, outage/2); err != nil {
					return err
				}
				if err := r.Terminate(ctx, native.Collector); err != nil {
					return err
				}
				return r.Run.Restart(ctx, native.Collector)
			}, native.Jaeger)
		},
	},
	{
		Name: "both-sigkill-jaeger-first", Settings: onDisk,
		Text:  "kill -9 of Jaeger and the Collector; 15 s later Jaeger comes back, then the Collector.",
		Break: func(ctx context.Context, r *Rig) error { return killBoth(ctx, r, native.Jaeger, native.Collector) },
	},
	{
		Name: "both-sigkill-collector-first", Settings: onDisk,
		Text:  "The same in the other order.",
		Break: func(ctx context.Context, r *Rig) error { return killBoth(ctx, r, native.Collector, native.Jaeger) },
	},
}

func killBoth(ctx context.Context, r *Rig, back ...string) error {
	return r.away(ctx, outage, func() error {
		return errors.Join(r.Kill(native.Jaeger), r.Kill(native.Collector))
	}, back...)
}
