package read

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"spanwise/doctor/trace"
)

// A store is a server with traces that began at some times, in the order in which they arrived.
type store struct {
	begins []trace.Micros
	keeps  int // how many traces it may be asked for; 0 for any number
	quirk  string
	asked  int
}

func (s *store) ask(_ context.Context, w window) ([]hit, error) {
	s.asked++
	if s.keeps > 0 && w.n > s.keeps {
		return nil, fmt.Errorf("jaeger: %w", serverError("search depth must be greater than 0 and less than max traces"))
	}
	var page []hit
	for i := len(s.begins) - 1; i >= 0; i-- { // the last to arrive comes first
		at := s.begins[i]
		inside := w.from <= at && at <= w.to || s.quirk == "ignores times"
		if inside && (len(page) < w.n || s.quirk == "ignores the limit") {
			page = append(page, hit{id: fmt.Sprint(i), first: at, last: at})
		}
	}
	if s.quirk == "returns fewer" { // as Cassandra does, which counts spans
		page = page[:(len(page)+3)/4]
	}
	return page, nil
}

// A search finds every trace once, in pages, whatever the order in which the server returns them.
func TestSearch(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	ordered := make([]trace.Micros, 300)
	for i := range ordered {
		ordered[i] = trace.Micros(1000 * i)
	}
	shuffled := slices.Clone(ordered)
	random.Shuffle(len(shuffled), func(i, k int) { shuffled[i], shuffled[k] = shuffled[k], shuffled[i] })
	late := append(slices.Clone(ordered), 5) // a trace that began long before it arrived
	burst := append(slices.Clone(ordered[:50]), make([]trace.Micros, 60)...)
	for i := range burst[50:] {
		burst[50+i] = 60_000
	}
	for name, s := range map[string]*store{
		"none":              {},
		"one":               {begins: ordered[:1]},
		"a page":            {begins: ordered[:pageSize]},
		"in order":          {begins: ordered},
		"in no order":       {begins: shuffled},
		"a late one":        {begins: late},
		"many at one time":  {begins: burst},
		"keeps fewer":       {begins: ordered[:15], keeps: 15},
		"keeps one":         {begins: ordered[:1], keeps: 1},
		"ignores times":     {begins: ordered[:15], quirk: "ignores times"},
		"ignores the limit": {begins: ordered, quirk: "ignores the limit"},
		"returns fewer":     {begins: ordered, quirk: "returns fewer"},
	} {
		search := search{ask: s.ask, unit: 1}
		hits, all, err := search.run(t.Context(), time.UnixMicro(0), time.UnixMicro(1_000_000))
		if err != nil || !all {
			t.Errorf("%s: all %v, error %v", name, all, err)
		}
		seen := map[string]bool{}
		for _, h := range hits {
			seen[h.id] = true
		}
		if len(hits) != len(s.begins) || len(seen) != len(hits) {
			t.Errorf("%s: found %d traces, %d of them different, want %d", name, len(hits), len(seen), len(s.begins))
		}
		if most := 30 + len(s.begins)/2; s.asked > most {
			t.Errorf("%s: asked for %d pages, want at most %d", name, s.asked, most)
		}
	}
}

// A search ends after the newest 1,000 traces, and on a server that returns the same page whatever it is asked.
func TestSearchEnds(t *testing.T) {
	var many []trace.Micros
	for i := range 3000 {
		many = append(many, trace.Micros(i))
	}
	for _, s := range []*store{{begins: many}, {begins: many[:100], quirk: "ignores times"}} {
		search := search{ask: s.ask, unit: 1}
		hits, all, err := search.run(t.Context(), time.UnixMicro(0), time.UnixMicro(5000))
		if err != nil || s.asked > maxPages || len(hits) > MaxTraces+pageSize {
			t.Errorf("%d pages, %d traces, error %v", s.asked, len(hits), err)
		}
		if s.quirk == "" && (all || hits[len(hits)-1].first < 1900) {
			t.Errorf("all %v, down to %d", all, hits[len(hits)-1].first)
		}
	}
}

// Requests that overlap are found whatever order they arrive in. If too many overlap to be sure, the search says so, and still ends.
func TestSearchOverlapping(t *testing.T) {
	for _, c := range []struct {
		atOnce, least int
		gaps          bool
	}{{1, 500, false}, {4, 500, false}, {16, 450, true}, {100, 150, true}} {
		const traces, duration = 500, 70_000
		random := rand.New(rand.NewPCG(1, 2))
		arrived := random.Perm(traces)
		slices.SortStableFunc(arrived, func(a, b int) int { return a/100 - b/100 }) // in batches without an order
		asked := 0
		s := search{unit: 1, ask: func(_ context.Context, w window) (page []hit, err error) {
			asked++
			for _, i := range slices.Backward(arrived) {
				first := trace.Micros(i * duration / c.atOnce)
				last := first + duration
				if first <= w.to && last >= w.from && len(page) < w.n {
					page = append(page, hit{id: fmt.Sprint(i), first: first, last: last})
				}
			}
			return page, nil
		}}
		hits, all, err := s.run(t.Context(), time.UnixMicro(0), time.UnixMicro(900_000_000))
		if err != nil || !all || s.gaps != c.gaps || len(hits) < c.least || asked > maxPages {
			t.Errorf("%d at once: %d traces in %d pages, all %v, gaps %v, error %v; want at least %d, gaps %v", c.atOnce, len(hits), asked, all, s.gaps, err, c.least, c.gaps)
		}
	}
}
