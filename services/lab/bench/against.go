package bench

import (
	"context"
	"fmt"
	"slices"

	"spanwise/lab/native"
)

var against = Part{
	Name:  "against",
	Title: "Against another commit",
	About: "The programs of this source tree and those of another one get the same load by turns: `GET " + ordinary + "` at 300 requests a second, all sampled. " +
		"Both have the same Collector and Jaeger, each with the configuration files of its own tree; the other tree has Go's default garbage collection. A ratio compares two neighbouring turns.",
	Compares: true,
	measure:  (*Bench).against,
}

// fair is the rate of the comparison, which a much slower tree holds too.
var fair = atRate(300)

// ours is the column of this source tree.
const ours = "this tree"

func (b *Bench) against(ctx context.Context) (figures Figures, err error) {
	err = b.Ours(ctx, nil, func(our *native.Run) error {
		return b.Theirs(ctx, nil, func(their *native.Run) error {
			systems, err := newSystems([]*native.Run{our, their})
			if err != nil {
				return err
			}
			names := []string{ours, b.Against}
			c := make(comparison)
			if err := c.measure(ctx, b, systems, names, []offer{fair}); err != nil {
				return err
			}
			if err := c.weigh(systems, names); err != nil {
				return err
			}
			figures = againstFigures(c, names)
			return nil
		})
	})
	return figures, err
}

// heldBy is the name of the row about the memory of a program.
func heldBy(who string) string { return "memory afterwards, " + who }

// weigh reads the memory that the systems hold now.
func (c comparison) weigh(systems []*system, names []string) error {
	for i, s := range systems {
		held, err := s.memory()
		if err != nil {
			return err
		}
		for _, name := range native.All {
			c.add(heldBy(name), names[i], held[name]/mb)
		}
		c.add(heldBy(programs), names[i], total(held, native.All)/mb)
	}
	return nil
}

// againstFigures compares the two systems. The targets are those for d20e69b, and stand for every tree.
func againstFigures(c comparison, names []string) (figures Figures) {
	all := cpuOf(fair, programs)
	figures = append(figures, ratio(fmt.Sprintf("CPU of all programs, %s to %s", names[0], names[1]), c.values(all, names[0]), c.values(all, names[1])).atMost(0.4))
	for _, who := range append([]string{services}, busy...) {
		row := cpuOf(fair, who)
		if their := c.values(row, names[1]); slices.Min(their) > 0 { // a short turn may be below the clock's 10 ms
			figures = append(figures, ratio("CPU of "+who, c.values(row, names[0]), their))
		}
	}
	figures = append(figures, c.lost(names, fair))
	rows := turnRows(fair)
	for _, who := range append([]string{programs}, native.All...) {
		rows = append(rows, row{name: heldBy(who), unit: "MB"})
	}
	for _, r := range rows {
		for _, name := range names {
			figures = append(figures, figure(r.name, r.unit, c.values(r.name, name)...).in(name))
		}
	}
	return figures
}
