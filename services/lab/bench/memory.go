package bench

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"

	"spanwise/lab/load"
	"spanwise/lab/native"
	"spanwise/lab/play"
)

var memory = Part{
	Name:  "memory",
	Title: "Memory and sizes",
	About: "The resident memory of each program under a steady load of 500 requests a second, all sampled. A figure is the median of " +
		"what was read in the last tenth of the time before it. Jaeger keeps traces in memory, up to `JAEGER_MAX_TRACES`. " +
		"The sizes of images are those of `docker image inspect`.",
	also:    true,
	measure: (*Bench).memory,
}

const mb = 1e6

func (b *Bench) memory(ctx context.Context) (figures Figures, err error) {
	ourEnd, theirEnd := 0.0, 0.0
	err = b.Ours(ctx, nil, func(run *native.Run) error {
		if figures, ourEnd, err = b.held(ctx, run, ""); err != nil {
			return err
		}
		sizes, err := sizesOf(run)
		figures = append(figures, sizes...)
		figures = append(figures, imageSizes(ctx, run.Root)...)
		return err
	})
	if err != nil || b.Theirs == nil {
		return figures, err
	}
	b.Say("  the same for %s", b.Against)
	err = b.Theirs(ctx, nil, func(run *native.Run) error {
		their, end, err := b.held(ctx, run, " of "+b.Against)
		figures, theirEnd = append(figures, their...), end
		return err
	})
	if err != nil {
		return figures, err
	}
	compared := ratio(fmt.Sprintf("memory of all programs after %v, %s to %s", b.end(), ours, b.Against), []float64{ourEnd}, []float64{theirEnd}).atMost(0.6)
	return slices.Insert(figures, 0, compared), nil
}

// end is how long the load lasts.
func (b *Bench) end() time.Duration { return b.Size.memory[len(b.Size.memory)-1] }

// held measures the programs' memory under load. It also returns that of all programs at the end, in MB.
func (b *Bench) held(ctx context.Context, run *native.Run, suffix string) (figures Figures, atEnd float64, err error) {
	s, err := newSystem(run)
	if err != nil {
		return nil, 0, err
	}
	running, err := load.Start(ctx, s.plan(500, b.end()), nil)
	if err != nil {
		return nil, 0, err
	}
	began := time.Now()
	for _, mark := range b.Size.memory {
		readings, err := s.readings(ctx, began.Add(mark), mark/10)
		if err != nil {
			running.Stop()
			return nil, 0, err
		}
		column := mark.String()
		for _, who := range append([]string{programs}, native.All...) {
			figures = append(figures, figure(who+suffix, "MB", readings[who]...).in(column))
		}
		atEnd = Median(readings[programs])
		b.Say("  after %v: %.0f MB", mark, atEnd)
	}
	result := running.Wait()
	answered := figure(fmt.Sprintf("answered at 500 requests/s for %v%s", b.end(), suffix), "requests", float64(result.Accepted))
	answered = answered.noting("of %s", number(float64(result.Planned)))
	if suffix == "" {
		answered = answered.atLeast(float64(result.Planned))
	}
	return append(figures, answered), atEnd, ctx.Err()
}

// readings reads the memory of each program ten times, in MB, in the given time before end.
func (s *system) readings(ctx context.Context, end time.Time, during time.Duration) (map[string][]float64, error) {
	readings := make(map[string][]float64)
	for n := range 10 {
		at := end.Add(-during * time.Duration(9-n) / 10)
		if err := play.Wait(ctx, time.Until(at)); err != nil {
			return nil, err
		}
		held, err := s.memory()
		if err != nil {
			return nil, err
		}
		for name, bytes := range held {
			readings[name] = append(readings[name], bytes/mb)
		}
		readings[programs] = append(readings[programs], total(held, native.All)/mb)
	}
	return readings, nil
}

// sizesOf returns the sizes of the programs' files.
func sizesOf(run *native.Run) (figures Figures, err error) {
	for _, name := range native.All {
		info, err := os.Stat(run.Process(name).Path)
		if err != nil {
			return nil, err
		}
		f := figure(name+", size of the program", "MB", float64(info.Size())/mb)
		if slices.Contains(native.Services, name) {
			f = f.atMost(30)
		}
		figures = append(figures, f)
	}
	return figures, nil
}
