package drill

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"spanwise/internal/journal"
	"spanwise/lab/native"
	"spanwise/lab/play"
)

var diskDrills = []Drill{
	{
		Name: "queue-disk-full",
		Text: "The Collector's queue is on a disk of 4 MB, which is full within seconds while Jaeger is away for 15 s. The Collector refuses " +
			"what it cannot write, and the services keep it.",
		Settings: onDisk,
		Needs:    needsMount,
		Prepare:  func(s *native.Settings) (func() error, error) { return mountSmall(s.QueueDir(), "4m") },
		Break: func(ctx context.Context, r *Rig) error {
			return r.away(ctx, outage, func() error { return r.Terminate(ctx, native.Jaeger) }, native.Jaeger)
		},
		Check: checkRefused,
	},
	{
		Name: "queue-truncated",
		Text: "The file of the Collector's queue loses its second half while Jaeger and the Collector are stopped. The spans that were in the " +
			"queue may be lost, later ones not.",
		Settings: onDisk,
		Break:    truncateQueue,
		// What the services still had is delivered to the new queue.
		MayLose: func(r *Rig, s journal.Span) bool { return s.Started.Before(r.Killed[native.Collector]) },
	},
}

// truncateQueue fills the queue, stops the Collector and cuts the file of the queue in half.
func truncateQueue(ctx context.Context, r *Rig) error {
	if err := r.Terminate(ctx, native.Jaeger); err != nil {
		return err
	}
	if err := play.Wait(ctx, brief); err != nil {
		return err
	}
	if err := r.Kill(native.Collector); err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(r.QueueDir(), "exporter_*traces*"))
	if err != nil || len(files) != 1 {
		return errors.Join(fmt.Errorf("the queue of traces is not one file: %v", files), err)
	}
	info, err := os.Stat(files[0])
	if err != nil {
		return err
	}
	if err := os.Truncate(files[0], info.Size()/2); err != nil {
		return err
	}
	r.Repair()
	if err := r.Run.Restart(ctx, native.Jaeger); err != nil {
		return err
	}
	return r.Run.Restart(ctx, native.Collector)
}
