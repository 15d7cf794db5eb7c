package drill

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"spanwise/internal/journal"
)

// grace is the wait for spans that may be lost, once all others are there.
const grace = 3 * time.Second

// account compares the spans in the journal with those in Jaeger. The services must have stopped.
func (d Drill) account(ctx context.Context, r *Rig, o *Outcome) error {
	spans, err := journal.Read(r.journal)
	if err != nil {
		return err
	}
	mayLose := func(s journal.Span) bool { return d.mayLose(r, s) }
	must := slices.DeleteFunc(slices.Clone(spans), mayLose)
	found, err := r.find(ctx, must, drain)
	if err != nil {
		return err
	}
	if len(must) < len(spans) {
		rest, err := r.find(ctx, slices.DeleteFunc(slices.Clone(spans), func(s journal.Span) bool { return !mayLose(s) }), grace)
		if err != nil {
			return err
		}
		maps.Copy(found.spans, rest.spans) // of a trace in both, this is the later look
	}
	o.tally(spans, found.spans, mayLose)
	return nil
}

// shown is how many missing spans an outcome names.
const shown = 5

// tally counts the spans that were started, and how often each was found: by trace id and span id.
func (o *Outcome) tally(spans []journal.Span, found map[string]map[string]int, mayLose func(journal.Span) bool) {
	o.LostBy = map[string]int{}
	for _, s := range spans {
		o.Started++
		times := found[s.TraceID][s.ID]
		if times > 0 {
			o.Found++
			o.Copies += times - 1
			delete(found[s.TraceID], s.ID)
			continue
		}
		o.Lost++
		o.LostBy[s.Service]++
		if s.Ended.IsZero() {
			o.InWork++
		}
		if mayLose(s) {
			o.Allowed++
		} else if len(o.Missing) < shown {
			o.Missing = append(o.Missing, describe(s))
		}
	}
	for _, rest := range found {
		o.Unknown += len(rest)
	}
}

// describe names a span, and when it ended.
func describe(s journal.Span) string {
	ended := "did not end"
	if !s.Ended.IsZero() {
		ended = "ended " + s.Ended.UTC().Format("15:04:05.000")
	}
	return fmt.Sprintf("%s, trace %s, span %s, %s", s.Service, s.TraceID, s.ID, ended)
}
