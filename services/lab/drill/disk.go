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
		Text: "The disk of the Collector's queue is full within seconds while Jaeger is away for 15 s, and still when Jaeger is back. The " +
			"Collector refuses what it cannot write, and the services keep it. The repair stops the Collector, makes space, and starts it: one " +
			"that runs on forgets the spans that it could not take out of the queue.",
		Settings: onDisk,
		Needs:    needsMount,
		Prepare:  mountQueue,
		Break:    fillDisk,
	},
	{
		Name: "queue-truncated",
		Text: "The file of the Collector's queue loses its second half while Jaeger and the Collector are stopped. The Collector crashes when it " +
			"reads it, and the repair moves the file aside. The spans that were in the queue may be lost, later ones not.",
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
	if r.Run.Restart(ctx, native.Collector) == nil {
		return nil // it has noticed, and moved the file aside itself
	}
	if err := os.Rename(files[0], files[0]+".broken"); err != nil {
		return err
	}
	return r.Run.Restart(ctx, native.Collector)
}

// mountQueue puts the queue on a disk of 128 MB, of which a file takes all but 4 MB until the repair.
func mountQueue(s *native.Settings) (unmount func() error, err error) {
	unmount, err = mountSmall(s.QueueDir(), "128m")
	if err != nil {
		return nil, err
	}
	return unmount, os.WriteFile(ballast(s.QueueDir()), make([]byte, 124<<20), 0o644)
}

// ballast is the file that takes the space.
func ballast(dir string) string { return filepath.Join(dir, "ballast") }

func fillDisk(ctx context.Context, r *Rig) error {
	err := r.away(ctx, outage, func() error { return r.Terminate(ctx, native.Jaeger) }, native.Jaeger)
	if err != nil {
		return err
	}
	if err := play.Wait(ctx, brief); err != nil {
		return err
	}
	if err := checkRefused(ctx, r); err != nil {
		return err
	}
	if err := r.Terminate(ctx, native.Collector); err != nil {
		return err
	}
	if err := os.Remove(ballast(r.QueueDir())); err != nil {
		return err
	}
	return r.Restart(ctx, native.Collector)
}
