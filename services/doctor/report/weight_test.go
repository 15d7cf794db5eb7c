package report

import (
	"testing"

	"spanwise/doctor"
	"spanwise/doctor/trace"
)

// A finding counts as often as the rarest of its spans, because all of them had to be kept, and at least as often as the spans of the service
// by which the trace was found. A trace without a threshold counts once.
func TestWeight(t *testing.T) {
	order := &trace.Span{ID: "1", Service: "order", Duration: 9, Weight: 10}
	pricing := &trace.Span{ID: "2", ParentID: "1", Service: "pricing", Duration: 5, Weight: 2}
	c := Case{Trace: trace.New("t", []*trace.Span{order, pricing})}
	for _, test := range []struct {
		service string
		ids     []string
		want    float64
	}{
		{"pricing", []string{"2"}, 2},
		{"pricing", []string{"1", "2"}, 10},
		{"pricing", nil, 2},
		{"order", []string{"2"}, 10}, // only a tenth of the traces has spans of order by which to find it
		{"", []string{"2"}, 10},
		{"", []string{"gone"}, 10},
	} {
		c.Service = test.service
		if got := c.weight(doctor.Finding{SpanIDs: test.ids}); got != test.want {
			t.Errorf("%s, %v: got %g, want %g", test.service, test.ids, got, test.want)
		}
	}
	plain := Case{Trace: trace.New("p", []*trace.Span{{ID: "1", Service: "order", Duration: 9}})}
	if got := requests([]Case{c, plain, {}}); got != 12 {
		t.Errorf("got %g requests, want 10, 1 and 1", got)
	}
}
