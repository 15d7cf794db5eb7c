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
	maxPages = 400
)

// A hit is a trace that a search has found.
type hit struct {
	id    string
	at    trace.Micros // where in the window it was found
	trace *trace.Trace // nil if the server returns only ids
}

// A search asks for pages of traces, the newest first. Servers differ in which traces they return if there are more than asked for: the
// last to begin, to end, or to arrive, or just any. So a page that is full is checked by asking again for a part of its time.
type search struct {
	ask  func(ctx context.Context, w window) ([]hit, error)
	unit trace.Micros // the resolution of the server's times
	most int          // how many traces may be asked for; 0 is not known
}

// A window is a time, both ends included, and how many traces in it to ask for.
type window struct {
	from, to trace.Micros
	n        int
}

// run returns the traces in a window, and whether these are all.
func (s *search) run(ctx context.Context, from, to time.Time) (hits []hit, all bool, err error) {
	windows := []window{{trace.Micros(from.UnixMicro()), trace.Micros(to.UnixMicro()), pageSize}}
	seen := map[string]bool{}
	for pages := 0; len(windows) > 0; pages++ {
		if len(hits) >= MaxTraces || pages == maxPages {
			return hits, false, nil
		}
		w := windows[len(windows)-1]
		if s.most > 0 {
			w.n = min(w.n, s.most)
		}
		page, err := s.ask(ctx, w)
		if isTooMany(err) && w.n > 1 {
			s.most = w.n / 2
			continue
		}
		if err != nil {
			return nil, false, err
		}
		windows = append(windows[:len(windows)-1], s.rest(w, page)...)
		for _, h := range page {
			if !seen[h.id] {
				seen[h.id] = true
				hits = append(hits, h)
			}
		}
	}
	return hits, true, nil
}

// isTooMany reports whether a Jaeger refused because it keeps fewer traces than it was asked for.
func isTooMany(err error) bool {
	message := serverError("")
	return errors.As(err, &message) && strings.Contains(string(message), "search depth")
}

// rest lists the parts of a window that may hold more traces than its page does, the newest last.
func (s *search) rest(w window, page []hit) []window {
	var at []trace.Micros
	inside := 0
	for _, h := range page {
		at = append(at, min(max(h.at, w.from), w.to))
		if h.at >= w.from-s.unit && h.at <= w.to+s.unit {
			inside++
		}
	}
	if inside == 0 || w.n == 1 { // nothing is left, or the server ignores the window, or it keeps only one trace
		return nil
	}
	slices.Sort(at)
	at = slices.Compact(at)
	if len(page) != w.n { // Jaeger with Cassandra can return fewer than there are
		if before := at[0] - 1; w.from <= before && before < w.to {
			return []window{{w.from, before, pageSize}}
		}
		return nil
	}
	split := at[min(1, len(at)-1)] // the newer part has one trace less, so its page is not full if the server returns the newest
	if split <= w.from || split >= w.to {
		split = w.from + (w.to-w.from)/2
	}
	if w.to-w.from <= s.unit || split == w.from {
		if w.n >= MaxTraces || w.n == s.most {
			return nil
		}
		return []window{{w.from, w.to, 2 * w.n}}
	}
	return []window{{w.from, split, pageSize}, {split, w.to, pageSize}}
}

// newest sorts traces by their start, keeps the newest [MaxTraces], and notes in each if there were more.
func newest(traces []*trace.Trace, all bool, service string) []*trace.Trace {
	slices.SortFunc(traces, func(a, b *trace.Trace) int {
		return cmp.Or(cmp.Compare(a.Spans[0].Start, b.Spans[0].Start), cmp.Compare(a.ID, b.ID))
	})
	if len(traces) > MaxTraces {
		traces, all = traces[len(traces)-MaxTraces:], false
	}
	if !all {
		for _, t := range traces {
			t.Notes = append(t.Notes, fmt.Sprintf("only the newest %d traces of %s were read (try: a shorter -last)", len(traces), service))
		}
	}
	if len(traces) > 1 {
		trace.ResolveCallees(traces...)
	}
	return traces
}
