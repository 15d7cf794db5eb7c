package report_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"spanwise/doctor/report"
	"spanwise/doctor/trace"
)

// Two sections can have one time axis, the colours of the page around them, and links to the rules. None has inline styles, which a strict
// policy forbids.
func TestSectionFrame(t *testing.T) {
	c := books(t)
	if got := report.Extent(c.Trace); got != c.Report.Root.DurationUS {
		t.Errorf("got an extent of %v, want the root's %v", got, c.Report.Root.DurationUS)
	}
	var b bytes.Buffer
	hue := func(service string) int { return len(service) } // of web 3, of all others more than there are
	if err := report.Section(&b, c, report.Frame{Axis: 2 * report.Extent(c.Trace), Hue: hue, Rule: "/explain/"}); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for _, want := range []string{`<span>0</span><span>825 ms</span>`, `<i class="h3"></i>web<`, `<i class="h5"></i>authors `, `href="/explain/n-plus-one"`} {
		if !strings.Contains(text, want) {
			t.Errorf("got no %s in\n%s", want, text)
		}
	}
	if strings.Contains(text, "style=") {
		t.Errorf("got inline styles in\n%s", text)
	}
}

// A folded row opens to a row for each of its spans, with those below; of too many it says how many it has.
func TestSectionUnfolds(t *testing.T) {
	for calls, want := range map[int]string{4: "each of the 4", 250: "the first 100 of the 250"} {
		c := large(2*calls+1, func(i int) trace.Span {
			if i > calls {
				return trace.Span{ParentID: fmt.Sprint(i - calls), Name: "query", Start: trace.Micros(i), Duration: 1}
			}
			return trace.Span{ParentID: "0", Name: "call", Start: trace.Micros(i), Duration: 5}
		})
		var b bytes.Buffer
		if err := report.Section(&b, c, report.Frame{}); err != nil {
			t.Fatal(err)
		}
		if got := b.String(); !strings.Contains(got, want) || strings.Count(got, ">call</span>") != 1+min(calls, 100) {
			t.Errorf("%d calls: got no %q with a row for each in\n%s", calls, want, got)
		}
	}
}
