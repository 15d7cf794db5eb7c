package scale

import (
	"fmt"
	"slices"
	"strings"
)

// A goal is what drills must reach in some arrangements.
type goal struct {
	text  string
	in    []Arrangement
	skip  []string // drills that it does not concern
	wrong func(Tally) int
}

// killing are the drills that kill a gateway as kill -9 does, so that what is in its memory only is lost.
var killing = []string{"gateway-sigkill", "gateway-sigkill-uncommitted", "gateway-gone"}

// goals are what the pipelines must reach. A single set of gateways cannot reach the last one: docs/two-sets.md.
var goals = []goal{
	{"One set of gateways loses no trace that should be kept, unless one is killed", []Arrangement{gateways, gatewaysByName, kafka}, killing, missing},
	{"Two sets lose none at all", []Arrangement{gatewaysTwice, kafkaTwice}, nil, missing},
	{"Agents and ingesters that do not sample lose none", []Arrangement{direct, ingesters}, nil, missing},
	{"One set of gateways stores no trace in part", []Arrangement{gateways, gatewaysByName, kafka}, nil, partial},
	{"Two sets store none in part", []Arrangement{gatewaysTwice, kafkaTwice}, nil, partial},
}

func missing(t Tally) int { return t.Missing }

func partial(t Tally) int { return t.Partial }

// check says whether the drills reached the goal, and which ones did not. It is empty if none of its drills ran.
func (g goal) check(drills []Outcome) string {
	ran, missed := 0, []string(nil)
	for _, o := range drills {
		in := slices.ContainsFunc(g.in, func(a Arrangement) bool { return a.Name == o.Arrangement })
		if !in || slices.Contains(g.skip, o.Drill) {
			continue
		}
		ran++
		if n := g.wrong(o.of(Kinds...)); n > 0 {
			missed = append(missed, fmt.Sprintf("%s/%s %s", o.Arrangement, o.Drill, number(n)))
		}
	}
	switch {
	case ran == 0:
		return ""
	case len(missed) == 0:
		return fmt.Sprintf("%s: met, drills: %d", g.text, ran)
	}
	return fmt.Sprintf("%s: **missed** in %d of %d drills (traces: %s)", g.text, len(missed), ran, strings.Join(missed, ", "))
}

// verdicts lists all goals, and which are missed.
func verdicts(drills []Outcome) string {
	return bullets(goals, func(g goal) string { return g.check(drills) })
}

// bullets lists the sentences that say something.
func bullets[T any](of []T, sentence func(T) string) string {
	var b strings.Builder
	for _, t := range of {
		if s := sentence(t); s != "" {
			fmt.Fprintf(&b, "- %s\n", s)
		}
	}
	return b.String()
}
