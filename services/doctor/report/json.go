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
		r.Findings, r.AlsoSeen = copyFindings(r.Findings), copyFindings(r.AlsoSeen)
		r.CriticalPath, r.Notes = notNil(r.CriticalPath), notNil(r.Notes)
		if err := encode(out, r); err != nil {
			return err
		}
	}
	return nil
}

// JSON writes the comparison as one object.
func (c Comparison) JSON(out io.Writer) error { return encode(out, c) }

// encode writes v on one line. Names stay readable (→ and <T> unescaped, since this is not for a web page), but
// cannot control a terminal: encoding/json leaves the control characters from U+007F to U+009F alone.
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

// notNil returns a copy that is encoded as a list even if it is empty.
func notNil[T any](s []T) []T { return append([]T{}, s...) }

func copyFindings(findings []doctor.Finding) []doctor.Finding {
	findings = notNil(findings)
	for i := range findings {
		findings[i].SpanIDs = notNil(findings[i].SpanIDs)
	}
	return findings
}
