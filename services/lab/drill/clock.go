package drill

import (
	"context"
	"fmt"
	"time"

	"spanwise/internal/journal"
	"spanwise/lab/native"
	"spanwise/lab/play"
)

// aheadPath is a request for which pricing's clock is ahead.
const aheadPath = usualPath + "?clock=pricing:10s"

var clockDrills = []Drill{{
	Name:  "clock-ahead",
	Text:  "Pricing's clock is 10 s ahead, in the times of its spans only (`clock=`): the clock of the machine is not changed.",
	Load:  reading(aheadPath),
	Probe: aheadPath,
	Break: func(ctx context.Context, r *Rig) error {
		err := play.Wait(ctx, brief)
		r.Repair()
		return err
	},
	Compare: checkAhead,
}}

// checkAhead requires that the times in Jaeger show pricing's clock ahead in most traces. A trace with a call that was refused may
// not prove it.
func checkAhead(ctx context.Context, r *Rig, _ Outcome) error {
	spans, err := journal.Read(r.journal)
	if err != nil {
		return err
	}
	ahead, traces := 0, map[string]bool{}
	for _, s := range spans {
		if s.Service != native.Pricing || traces[s.TraceID] {
			continue
		}
		traces[s.TraceID] = true
		t, err := r.traces.Trace(ctx, s.TraceID)
		if err != nil {
			return err
		}
		for _, skew := range t.Skews {
			offset := time.Duration(skew.Offset) * time.Microsecond
			if skew.Service == native.Pricing && offset.Round(time.Second) == 10*time.Second {
				ahead++
			}
		}
	}
	r.note("%d of %d traces show that pricing's clock is ahead", ahead, len(traces))
	if ahead <= len(traces)/2 {
		return fmt.Errorf("only %d of %d traces show that pricing's clock is ahead, so what this drill is about did not happen", ahead, len(traces))
	}
	return nil
}
