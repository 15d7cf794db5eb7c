package bench

import (
	"context"
	"os"
	"slices"

	"spanwise/lab/native"
)

const mb = 1e6

// memory adds up what all programs hold, after the thousand requests of alone.
func (b *bench) memory(ctx context.Context) error {
	var parts []Figure
	total := 0.0
	for _, name := range native.All {
		bytes, err := b.run.Process(name).Resident()
		if err != nil {
			return err
		}
		total += float64(bytes) / mb
		parts = append(parts, Figure{Name: name + " resident", Value: float64(bytes) / mb, Unit: "MB", Met: true})
	}
	b.add("all programs, resident after 1,000 requests", total, 300, "MB")
	b.figures = append(b.figures, parts...)
	return nil
}

// resident adds up again, without the parts.
func (b *bench) resident(name string) error {
	total := 0.0
	for _, program := range native.All {
		bytes, err := b.run.Process(program).Resident()
		if err != nil {
			return err
		}
		total += float64(bytes) / mb
	}
	b.add(name, total, 0, "MB")
	return nil
}

// sizes are those of the stripped programs on disk.
func (b *bench) sizes(context.Context) error {
	for _, name := range native.All {
		info, err := os.Stat(b.run.Programs[name])
		if err != nil {
			return err
		}
		bound := 0.0
		if slices.Contains(native.Services, name) {
			bound = 30
		}
		b.add(name+", stripped", float64(info.Size())/mb, bound, "MB")
	}
	return nil
}
