package read

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"spanwise/doctor/trace"
)

// MaxTraces is how many traces a search reads: the newest ones.
const MaxTraces = 1000

const (
	// pageSize is how many traces are asked for at once. A Jaeger holds the whole response in memory, several times over.
	pageSize = 20
	// maxPages bounds a search on a server that does not do what it is asked.
	maxPages = 300
)

// A hit is a trace that a search has found.
type hit struct {
	id          string
	first, last trace.Micros // when the first and the last span of the service began, which is what servers look for
	trace       *trace.Trace // nil if the server returns only ids
}

// A search asks for pages of traces, the newest first. Servers differ in which traces they return if there are more than asked for: the
// last to begin, to end, or to arrive, or just any. So a page that is full is checked by asking again for a part of its time.
type search struct {
	ask    func(ctx context.Context, w window) ([]hit, error)
	unit   trace.Micros // the resolution of the server's times
	most   int          // how many traces may be asked for; 0 is not known
	enough int          // how many of the newest traces are wanted
	gaps   bool         // traces may have been missed
}

// A window is a time, both ends included, and how many traces in it to ask for.
type window struct {
	from, to trace.Micros
	n        int
}

// run returns the traces in a window, and whether these are all.
func (s *search) run(ctx context.Context, from, to time.Time) (hits []hit, all bool, err error) {
	s.enough = MaxTraces
	hits, since, err := s.newest(ctx, from, to)
	return hits, err == nil && since == trace.Micros(from.UnixMicro()), err
}

// newest returns traces in a window until enough of them have been found, and since when these are all.
func (s *search) newest(ctx context.Context, from, to time.Time) (hits []hit, since trace.Micros, err error) {
	windows := []window{{trace.Micros(from.UnixMicro()), trace.Micros(to.UnixMicro()), pageSize}}
	seen := map[string]bool{}
	for pages := 0; len(windows) > 0; pages++ {
		w := windows[len(windows)-1]
		if pages == maxPages || len(hits) >= s.enough && countSince(hits, w.to+1) >= s.enough {
			return hits, w.to + 1, nil
		}
		if s.most > 0 {
			w.n = min(w.n, s.most)
		}
		page, err := s.ask(ctx, w)
		if isTooMany(err) && w.n > 1 {
			s.most = w.n / 2
			continue
		}
		if err != nil {
			return nil, 0, err
		}
		windows = append(windows[:len(windows)-1], s.rest(w, page)...)
		for _, h := range page {
			if !seen[h.id] {
				seen[h.id] = true
				hits = append(hits, h)
			}
		}
	}
	return hits, trace.Micros(from.UnixMicro()), nil
}

// countSince counts the traces that began at a time or later.
func countSince(hits []hit, since trace.Micros) (n int) {
	for _, h := range hits {
		if h.first >= since {
			n++
		}
	}
	return n
}

// isTooMany reports whether a Jaeger refused because it keeps fewer traces than it was asked for.
func isTooMany(err error) bool {
	message := serverError("")
	return errors.As(err, &message) && strings.Contains(string(message), "search depth")
}

// rest lists the parts of a window that may hold more traces than its page does, the newest last.
func (s *search) rest(w window, page []hit) []window {
	full := len(page) == w.n
	page = slices.DeleteFunc(slices.Clone(page), func(h hit) bool { return h.last < w.from-s.unit || h.first > w.to+s.unit })
	if len(page) == 0 || w.n == 1 { // nothing is left, or the server ignores the window, or it keeps only one trace
		return nil
	}
	slices.SortFunc(page, func(a, b hit) int { return cmp.Compare(a.first, b.first) })
	if !full { // Jaeger with Cassandra can return fewer than there are
		if before := page[0].first - 1; w.from <= before && before < w.to {
			return []window{{w.from, before, pageSize}}
		}
		return nil
	}
	if page[len(page)/2].first < w.from { // most of them belong to an older window, and hide what began in this one
		s.gaps = true
		return nil
	}
	split, overlap := splitOf(w, page)
	middle := w.from + (w.to-w.from)/2
	switch {
	case split > 0:
		return []window{{w.from, split, pageSize}, {split, w.to, pageSize}}
	case overlap:
		s.gaps = true
		if back := page[len(page)/2].first; back < w.to {
			middle = max(back, w.from)
		}
		return []window{{w.from, middle, pageSize}}
	case w.to-w.from > s.unit && middle > w.from:
		return []window{{w.from, middle, pageSize}, {middle, w.to, pageSize}}
	case w.n < MaxTraces && w.n != s.most:
		return []window{{w.from, w.to, 2 * w.n}}
	}
	return nil
}

// splitOf finds a time in a window after which the page, sorted by first, has fewer traces than before it: the newer part is then not full
// if the page has its newest traces, and nothing was missed there. There is none if too many traces overlap, or all begin together.
func splitOf(w window, page []hit) (at trace.Micros, overlap bool) {
	for i := 1; i <= len(page)/2; i++ {
		at := page[i].first
		if at <= w.from || at >= w.to {
			continue
		}
		both := 0
		for _, h := range page[:i] {
			if h.last >= at {
				both++
			}
		}
		if both < i {
			return at, false
		}
		overlap = true
	}
	return 0, overlap
}

// newest sorts traces by their start, keeps the newest [MaxTraces], and notes in each if there were or may be more.
func newest(traces []*trace.Trace, all, gaps bool, service string) []*trace.Trace {
	slices.SortFunc(traces, func(a, b *trace.Trace) int {
		return cmp.Or(cmp.Compare(a.Spans[0].Start, b.Spans[0].Start), cmp.Compare(a.ID, b.ID))
	})
	if len(traces) > MaxTraces {
		traces, all = traces[len(traces)-MaxTraces:], false
	}
	note := ""
	switch {
	case !all:
		note = fmt.Sprintf("only the newest %d traces of %s were read (try: a shorter -last)", len(traces), service)
	case gaps:
		note = fmt.Sprintf("only %d traces of %s were read; there may be more, because many ran at the same time (try: a shorter -last)", len(traces), service)
	}
	for _, t := range traces {
		if note != "" {
			t.Notes = append(t.Notes, note)
		}
	}
	if len(traces) > 1 {
		trace.ResolveCallees(traces...)
	}
	return traces
}
