package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"unicode/utf8"

	"spanwise/doctor"
)

// JSON writes each report as one object on a line of its own, durations in microseconds: the published contract.
func JSON(out io.Writer, cases []Case) error {
	for _, c := range cases {
		r := c.Report
		r.Findings, r.AlsoSeen, r.CriticalPath = whole(r.Findings), whole(r.AlsoSeen), list(r.CriticalPath)
		r.Notes = list(r.Notes)
		if err := encode(out, r); err != nil {
			return err
		}
	}
	return nil
}

// encode writes v on one line. Names stay readable (→ and <T> as they are, for none of it goes into a page), but
// cannot steer a terminal: encoding/json leaves the control characters from U+007F to U+009F alone.
func encode(out io.Writer, v any) error {
	var line bytes.Buffer
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := out.Write(controls.ReplaceAllFunc(line.Bytes(), func(c []byte) []byte {
		r, _ := utf8.DecodeRune(c)
		return fmt.Appendf(nil, `\u%04x`, r)
	}))
	return err
}

var controls = regexp.MustCompile(`[\x{7f}-\x{9f}]`)

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
