package drill

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"syscall"
	"time"

	"spanwise/lab/native"
	"spanwise/lab/play"
)

// lowMemory is a limit of which the Collector uses nearly all when it is idle.
const lowMemory = "OTELCOL_MEMORY_MIB=8"

func kill(ctx context.Context, m *mix, r *Rig, f fault) error {
	return m.away(ctx, r, f, func() error { return r.Kill(f.target) })
}

// terminate stops a program. One that cannot deliver its spans gives up and says so: that is as if it were killed.
func terminate(ctx context.Context, m *mix, r *Rig, f fault) error {
	return m.away(ctx, r, f, func() error {
		err := r.Terminate(ctx, f.target)
		if err == nil {
			return nil
		}
		if slices.Contains(native.Services, f.target) {
			if _, unsaid := undelivered(r.Process(f.target).Last()); unsaid != nil {
				return errors.Join(err, unsaid)
			}
		}
		return r.Kill(f.target)
	})
}

// away takes a program away.
func (m *mix) away(ctx context.Context, r *Rig, f fault, end func() error) error {
	if f.target == native.Collector {
		defer m.stalled(f.target, time.Now())
	}
	return r.away(ctx, f.away, end, f.target)
}

func pause(ctx context.Context, m *mix, r *Rig, f fault) error {
	if f.target != native.Jaeger {
		defer m.stalled(f.target, time.Now())
	}
	p := r.Process(f.target)
	if err := p.Signal(pauseSignal); err != nil {
		return err
	}
	return errors.Join(play.Wait(ctx, f.away), p.Signal(resumeSignal))
}

// limitMemory restarts the Collector with a limit at which it refuses spans.
func limitMemory(ctx context.Context, m *mix, r *Rig, f fault) error {
	defer m.stalled(f.target, time.Now())
	if err := r.Terminate(ctx, native.Collector); err != nil {
		return err
	}
	if err := r.Run.Restart(ctx, native.Collector, lowMemory); err != nil {
		return err
	}
	if err := awaitRefused(ctx, r); err != nil {
		return err
	}
	return r.away(ctx, 0, func() error {
		return errors.Join(play.Wait(ctx, f.away), r.Terminate(ctx, native.Collector))
	}, native.Collector)
}

// fillQueueDisk fills the disk of the queue while Jaeger is away. The repair is that of the drill queue-disk-full. What is in the
// queue may be lost: without space to record that it has taken a batch out, the Collector deletes the batch, which it has not sent.
func fillQueueDisk(ctx context.Context, m *mix, r *Rig, f fault) error {
	settled, err := m.settle(ctx, r)
	if err != nil {
		return err
	}
	defer m.stalled(f.target, time.Now())
	if err := errors.Join(r.Kill(native.Jaeger), r.Terminate(ctx, native.Collector)); err != nil {
		return err
	}
	if err := r.Run.Restart(ctx, native.Collector); err != nil { // makes the file of the queue small, so that no space is left in it
		return err
	}
	file := ballast(r.QueueDir())
	if err := fill(file); err != nil {
		return errors.Join(err, os.Remove(file))
	}
	if err := awaitRefused(ctx, r); err != nil {
		return errors.Join(err, os.Remove(file))
	}
	if err := r.away(ctx, f.away, func() error { return nil }, native.Jaeger); err != nil {
		return err
	}
	return r.away(ctx, 0, func() error {
		err := errors.Join(play.Wait(ctx, time.Second), r.Terminate(ctx, native.Collector), os.Remove(file))
		m.lost(interval{settled, time.Now()})
		return err
	}, native.Collector)
}

// fill makes a file that takes all space on its disk.
func fill(name string) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	defer file.Close()
	for block := make([]byte, 64<<10); err == nil; {
		_, err = file.Write(block)
	}
	if errors.Is(err, syscall.ENOSPC) {
		return nil
	}
	return fmt.Errorf("fill the disk: %w", err)
}

// awaitRefused waits until the Collector has refused spans.
func awaitRefused(ctx context.Context, r *Rig) error {
	ctx, cancel := context.WithTimeout(ctx, drain)
	defer cancel()
	for {
		err := checkRefused(ctx, r)
		if err == nil {
			return nil
		}
		if wait := play.Wait(ctx, poll); wait != nil {
			return errors.Join(err, wait)
		}
	}
}

// cutQueue cuts the queue when all spans from before are in Jaeger, so that it is known which ones can have been in it.
func cutQueue(ctx context.Context, m *mix, r *Rig, f fault) error {
	settled, err := m.settle(ctx, r)
	if err != nil {
		return err
	}
	defer m.stalled(f.target, time.Now())
	if err := r.cutQueue(ctx, f.away); err != nil {
		return err
	}
	kills := r.Kills[native.Collector]
	m.lost(interval{settled, kills[len(kills)-1].to})
	return nil
}

// settle waits until all spans from before the time that it returns are in Jaeger.
func (m *mix) settle(ctx context.Context, r *Rig) (settled time.Time, err error) {
	for range 2 { // the second time is short, so that few spans are in doubt
		settled = time.Now()
		if err := m.findNew(ctx, r); err != nil {
			return settled, err
		}
	}
	return settled, nil
}

func cutNetwork(ctx context.Context, m *mix, r *Rig, f fault) error {
	defer m.stalled(f.target, time.Now())
	return cutLink(ctx, r, f.away)
}

func crashPostgres(ctx context.Context, m *mix, _ *Rig, f fault) error {
	return m.postgres.away(ctx, f.away)
}

func exhaustPostgres(ctx context.Context, m *mix, _ *Rig, f fault) error {
	return m.postgres.exhaust(ctx, f.away)
}
