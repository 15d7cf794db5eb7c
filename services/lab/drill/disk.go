package drill

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

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
			"reads it, and the repair moves the file aside. The spans that were in the queue may be lost, earlier and later ones not.",
		Settings: onDisk,
		Break:    truncateQueue,
		MayLose:  mayBeInQueue,
		Compare:  lostSome,
	},
}

// mayBeInQueue reports whether a span may have been in the queue that was cut. What was in Jaeger before must still be there, and what the
// services still had is delivered to the new queue.
func mayBeInQueue(r *Rig, s journal.Span) bool {
	return r.unsettled(s) && s.Started.Before(r.Killed[native.Collector])
}

// truncateQueue cuts the queue when all that came before is in Jaeger.
func truncateQueue(ctx context.Context, r *Rig) error {
	if err := r.settle(ctx); err != nil {
		return err
	}
	return r.cutQueue(ctx, brief)
}

// cutQueue fills the queue for that long, stops the Collector and cuts the file of the queue in half.
func (r *Rig) cutQueue(ctx context.Context, long time.Duration) error {
	if err := r.Kill(native.Jaeger); err != nil { // loses nothing, and takes no time even on a busy machine
		return err
	}
	if err := play.Wait(ctx, long); err != nil {
		return err
	}
	if err := r.Kill(native.Collector); err != nil {
		return err
	}
	file, err := r.queueFile()
	if err != nil {
		return err
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	if err := os.Truncate(file, info.Size()/2); err != nil {
		return err
	}
	r.Repair()
	if err := r.Run.Restart(ctx, native.Jaeger); err != nil {
		return err
	}
	if r.Run.Restart(ctx, native.Collector) == nil {
		return nil // it has noticed, and moved the file aside itself
	}
	if err := os.Rename(file, file+broken); err != nil {
		return err
	}
	return r.Run.Restart(ctx, native.Collector)
}

// broken ends the name of a file of a queue that was moved aside.
const broken = ".broken"

// queueFile returns the file of the Collector's queue of spans.
func (r *Rig) queueFile() (string, error) {
	files, err := filepath.Glob(filepath.Join(r.QueueDir(), "exporter_*traces*"))
	files = slices.DeleteFunc(files, func(name string) bool { return strings.Contains(filepath.Base(name), ".") }) // moved aside
	if err != nil || len(files) != 1 {
		return "", errors.Join(fmt.Errorf("the queue of traces is not one file: %v", files), err)
	}
	return files[0], nil
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
