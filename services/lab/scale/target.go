package scale

import (
	"fmt"
	"slices"

	"spanwise/lab/bench"
)

// A target bounds what an arrangement may cost, compared with another one in the same round.
type target struct {
	of, to Arrangement
	what   string
	cost   func(Cost) float64
	most   float64 // times
}

// targets are what the pipelines must reach. Two sets of gateways may cost twice as much as one.
var targets = []target{
	{gateways, Compared[0], "CPU", Cost.Total, 1.3},
	{gateways, Compared[0], "bytes stored", func(c Cost) float64 { return c.Stored }, 0.2},
	{gatewaysTwice, gateways, "CPU", Cost.Total, 2},
	{kafkaTwice, kafka, "CPU", Cost.Total, 2},
}

// check compares the costs with the target, as a sentence. It is empty if an arrangement was not measured.
func (t target) check(list []Comparison) string {
	of, to := costsOf(list, t.of), costsOf(list, t.to)
	if of == nil || to == nil {
		return ""
	}
	var times []float64
	for round := range of {
		times = append(times, t.cost(of[round])/t.cost(to[round]))
	}
	mark := ", met"
	if bench.Median(times) > t.most {
		mark = ", **missed**"
	}
	return fmt.Sprintf("%s to %s, %s: %s, at most %g%s", t.of.Name, t.to.Name, t.what, ratio(times), t.most, mark)
}

func costsOf(list []Comparison, in Arrangement) []Cost {
	i := slices.IndexFunc(list, func(c Comparison) bool { return c.Arrangement == in.Name })
	if i < 0 {
		return nil
	}
	return list[i].Costs
}

// checked lists all targets, and which are missed.
func checked(list []Comparison) string {
	return bullets(targets, func(t target) string { return t.check(list) })
}
