package report

import (
	"encoding/json"
	"io"

	"spanwise/doctor"
)

// JSON writes each report as one object on a line of its own, durations in microseconds: the published contract.
func JSON(out io.Writer, cases []Case) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false) // → and <T> stay readable; nothing of it goes into a page
	for _, c := range cases {
		r := c.Report
		r.Findings, r.AlsoSeen, r.CriticalPath = whole(r.Findings), whole(r.AlsoSeen), list(r.CriticalPath)
		if err := enc.Encode(r); err != nil {
			return err
		}
	}
	return nil
}

// whole makes sure that programs find a list, if an empty one, wherever the contract has a list.
func whole(findings []doctor.Finding) []doctor.Finding {
	all := make([]doctor.Finding, len(findings))
	for i, f := range findings {
		f.SpanIDs = list(f.SpanIDs)
		all[i] = f
	}
	return all
}

func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
