package bench

import (
	"context"
	"os"
	"slices"

	"spanwise/lab/native"
)

const mb = 1e6

// memory is what all programs hold after the thousand requests of alone, together and each.
func (b *bench) memory(context.Context) error {
	parts, err := b.resident("all programs, resident after 1,000 requests", 300)
	b.figures = append(b.figures, parts...)
	return err
}

// resident notes what all programs hold together, with its bound, and returns a figure for each.
func (b *bench) resident(name string, bound float64) (parts []Figure, err error) {
	total := 0.0
	for _, program := range native.All {
		bytes, err := b.run.Process(program).Resident()
		if err != nil {
			return nil, err
		}
		total += float64(bytes) / mb
		parts = append(parts, Figure{Name: program + " resident", Value: float64(bytes) / mb, Unit: "MB", Met: true})
	}
	b.add(name, total, bound, "MB")
	return parts, nil
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
