// Package flame draws a CPU profile as a flame graph: a picture in which each box is a function, as wide as the share of the time
// that was spent in it and in what it called, and below it what it called. Begin with [New], then [Graph.WriteSVG] and
// [Graph.Parts].
package flame

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/pprof/profile"
)

// A Graph is what a CPU profile shows, with the samples of all goroutines and threads added up.
type Graph struct {
	root   frame
	parts  map[string]time.Duration
	window time.Duration // how long the profile was taken
}

// A frame is a function in the context of its callers.
type frame struct {
	name  string
	cpu   time.Duration // in it and in what it called
	calls []*frame      // by name, so that two graphs of the same program can be compared
}

// New adds up the samples of a CPU profile as runtime/pprof writes it. It records at most the 64 innermost functions of a stack, so
// deeper stacks are in the graph without their callers.
func New(p *profile.Profile) *Graph {
	g := &Graph{root: frame{name: "all"}, parts: make(map[string]time.Duration), window: time.Duration(p.DurationNanos)}
	for _, sample := range p.Sample {
		cpu := time.Duration(sample.Value[len(sample.Value)-1]) // the first value counts the samples
		stack := functions(sample)
		g.root.add(stack, cpu)
		g.parts[partOf(stack)] += cpu
	}
	g.root.sort()
	return g
}

// CPU returns the time of all samples.
func (g *Graph) CPU() time.Duration { return g.root.cpu }

// functions returns a sample's stack from the outermost function to the innermost.
func functions(s *profile.Sample) (names []string) {
	for _, location := range slices.Backward(s.Location) {
		for _, line := range slices.Backward(location.Line) { // several if functions were inlined
			names = append(names, line.Function.Name)
		}
	}
	return names
}

func (f *frame) add(stack []string, cpu time.Duration) {
	f.cpu += cpu
	if len(stack) == 0 {
		return
	}
	i := slices.IndexFunc(f.calls, func(c *frame) bool { return c.name == stack[0] })
	if i < 0 {
		i = len(f.calls)
		f.calls = append(f.calls, &frame{name: stack[0]})
	}
	f.calls[i].add(stack[1:], cpu)
}

func (f *frame) sort() {
	slices.SortFunc(f.calls, func(a, b *frame) int { return cmp.Compare(a.name, b.name) })
	for _, c := range f.calls {
		c.sort()
	}
}

// depth returns how many functions are below one another, f included.
func (f *frame) depth() int {
	deepest := 0
	for _, c := range f.calls {
		deepest = max(deepest, c.depth())
	}
	return deepest + 1
}
