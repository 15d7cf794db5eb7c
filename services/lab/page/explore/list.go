package explore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"spanwise/doctor"
	"spanwise/doctor/read"
	"spanwise/doctor/report"
	"spanwise/doctor/trace"
)

// patience is how long a list waits for Jaeger. A person would rather read that it does not answer.
const patience = 10 * time.Second

const (
	pageSize = 15 // traces of a list, at least; Jaeger is asked for 20 at a time
	maxPages = 8  // pages that a list looks at for traces that match
)

// A List is some traces, the newest first.
type List struct {
	Traces []Summary
	Looked int       // how many were looked at
	Since  time.Time // none that began later is missing
	More   bool      // there are, or may be, older ones
	Gaps   bool      // many ran at the same time, so some may be missing
}

// Bounded reports whether the search ended before it had found a full page.
func (l List) Bounded() bool { return l.More && len(l.Traces) < pageSize }

// List finds the newest traces that match. It stops after a bounded number of those that do not.
func (e *Explorer) List(ctx context.Context, f Filter, now time.Time) (List, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	to := now.Add(10 * time.Second) // clocks differ
	from := now.Add(-f.Last)
	if !f.Before.IsZero() {
		to = f.Before.Add(-time.Microsecond)
	}
	list := List{Since: to}
	for range maxPages {
		if !from.Before(to) {
			break
		}
		page, err := e.page(ctx, f, from, to, pageSize)
		if err != nil {
			return list, e.explain(err)
		}
		list.add(e, f, page)
		if to = page.Since.Add(-time.Microsecond); len(list.Traces) >= pageSize || !page.Since.After(from) {
			break
		}
	}
	list.More = list.Since.After(from)
	list.sort()
	return list, nil
}

// Since finds the traces that match and have a span that began since then: new ones, and those that grew.
func (e *Explorer) Since(ctx context.Context, f Filter, since, now time.Time) (List, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	const most = 40 // each may have hundreds of spans
	list := List{}
	page, err := e.page(ctx, f, since, now.Add(10*time.Second), most)
	if err != nil {
		return list, e.explain(err)
	}
	list.add(e, f, page)
	list.More = page.Since.After(since)
	list.sort()
	return list, nil
}

func (l *List) add(e *Explorer, f Filter, page read.Page) {
	for _, t := range page.Traces {
		if s := e.summary(t); f.matches(t, s) {
			l.Traces = append(l.Traces, s)
		}
	}
	l.Looked += len(page.Traces)
	l.Since, l.Gaps = page.Since, l.Gaps || page.Gaps
}

// sort puts the newest first, each trace once.
func (l *List) sort() {
	slices.SortFunc(l.Traces, func(a, b Summary) int { return cmp.Or(cmp.Compare(b.first, a.first), strings.Compare(a.ID, b.ID)) })
	l.Traces = slices.CompactFunc(l.Traces, func(a, b Summary) bool { return a.ID == b.ID })
}

// page asks Jaeger for a page: at once for every service if it can do that, otherwise for one after the other.
func (e *Explorer) page(ctx context.Context, f Filter, from, to time.Time, n int) (read.Page, error) {
	q := read.Query{Service: f.Service, From: from, To: to}
	if f.Tag != "" {
		name, value := f.Attribute()
		q.Attrs = map[string]string{name: value}
	}
	if f.Service == "" {
		q.Longer = f.Min // the root of a trace is a span of some service
	}
	if f.Service != "" || f.Tag == "" {
		page, err := e.jaeger.Newest(ctx, q, n)
		if err == nil || f.Service != "" || !read.Refused(err) {
			return page, err
		}
	}
	services, err := e.jaeger.Services(ctx)
	if err != nil {
		return read.Page{}, err
	}
	return e.ofEach(ctx, services, q, n)
}

// ofEach asks for the newest traces of each service. All of those that began since the latest time of these are known.
func (e *Explorer) ofEach(ctx context.Context, services []string, q read.Query, n int) (read.Page, error) {
	all := read.Page{Since: q.From}
	byID := map[string]*trace.Trace{}
	for _, service := range services {
		q.Service = service
		page, err := e.jaeger.Newest(ctx, q, n)
		if err != nil {
			return all, err
		}
		for _, t := range page.Traces {
			byID[t.ID] = t
		}
		if page.Since.After(all.Since) {
			all.Since = page.Since
		}
		all.Gaps = all.Gaps || page.Gaps
	}
	for _, t := range byID {
		if at := time.UnixMicro(int64(t.Spans[len(t.Spans)-1].Start)); !at.Before(all.Since) {
			all.Traces = append(all.Traces, t)
		}
	}
	return all, nil
}

// summary returns a trace in a line. The doctor looks at each only once, unless it grows.
func (e *Explorer) summary(t *trace.Trace) Summary {
	key := fmt.Sprintf("%s %d", t.ID, len(t.Spans))
	s, known := e.seen.get(key)
	if !known {
		s = summarize(report.Case{Trace: t, Report: doctor.Diagnose(t)}, e.hue)
		e.seen.put(key, s, 500)
	}
	return s
}

// Services lists the services that Jaeger knows.
func (e *Explorer) Services(ctx context.Context) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	services, err := e.jaeger.Services(ctx)
	return services, e.explain(err)
}
