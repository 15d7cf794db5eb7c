package capacity

import (
	"context"
	"path/filepath"
	"time"

	"spanwise/lab/bench"
	"spanwise/lab/native"
	"spanwise/lab/scale"
)

// bulkRate is the rate at which spans are made whose space is measured.
const bulkRate = 300

// queued returns how much space of the disk a span takes in the queue of an agent while Jaeger is away.
func (s *shop) queued(ctx context.Context, size Size) (Range, error) {
	if err := stopJaeger(ctx, s.run); err != nil {
		return Range{}, err
	}
	var each []float64
	for range size.bulks {
		if _, err := s.send(ctx, bulkRate, size.bulk); err != nil {
			return Range{}, err
		}
		d, err := s.run.Delivered(ctx)
		if err != nil {
			return Range{}, err
		}
		space, err := scale.SpaceOf(s.run.QueueDir())
		if err != nil {
			return Range{}, err
		}
		each = append(each, space/float64(d.Queued))
	}
	if err := s.run.Restart(ctx, native.Jaeger); err != nil {
		return Range{}, err
	}
	_, err := bench.Settle(ctx, s.run, patience)
	return rangeOf(each), err
}

// stopJaeger stops Jaeger, and kills it if that takes a minute.
func stopJaeger(ctx context.Context, run *native.Run) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	return run.Process(native.Jaeger).Stop(ctx)
}

// measureBadger measures how much space of the disk a span takes in Jaeger's own store, once Jaeger has stopped: until then, part
// of it is only in memory, and part of the files is empty.
func (b *Bench) measureBadger(ctx context.Context, c *Costs) error {
	return b.Start(ctx, []string{"JAEGER_STORAGE=badger"}, func(run *native.Run) error {
		s := &shop{run: run}
		var each []float64
		var spans int64
		space := 0.0
		for n := range b.Size.bulks + 1 {
			if _, err := s.load(ctx, bulkRate, b.Size.bulk); err != nil {
				return err
			}
			d, err := run.Delivered(ctx)
			if err != nil {
				return err
			}
			if err := stopJaeger(ctx, run); err != nil {
				return err
			}
			now, err := scale.SpaceOf(filepath.Join(run.Data, "jaeger"))
			if err != nil {
				return err
			}
			if n > 0 { // the first load also makes what is there once
				each = append(each, (now-space)/float64(d.Sent-spans))
			}
			space, spans = now, d.Sent
			if err := run.Restart(ctx, native.Jaeger); err != nil {
				return err
			}
		}
		c.Bytes.Badger = rangeOf(each)
		return nil
	})
}
