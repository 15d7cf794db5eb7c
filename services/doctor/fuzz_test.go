package doctor_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"spanwise/doctor"
	"spanwise/doctor/trace"
)

// FuzzDiagnose makes spans of bytes, however little sense they make: loops, shared ids, times without end.
// Whatever comes of it is diagnosed, its path tiles the root, and its report is JSON.
func FuzzDiagnose(f *testing.F) {
	f.Add([]byte("a trace of some forty bytes, and then some more"))
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31})
	f.Fuzz(func(t *testing.T, raw []byte) {
		half := len(raw) / 2
		traces := []*trace.Trace{trace.New("a", invented(raw[:half])), trace.New("b", invented(raw[half:])), trace.New("c", invented(raw))}
		reports := append(doctor.DiagnoseAll(traces), doctor.Diagnose(traces[2]))
		for _, r := range reports {
			var sum trace.Micros
			for _, s := range r.CriticalPath {
				sum += s.SelfUS
			}
			if sum != r.Root.DurationUS {
				t.Errorf("the path holds %d of %d µs", sum, r.Root.DurationUS)
			}
			for _, f := range append(r.Findings, r.AlsoSeen...) {
				if f.Saving.HighUS > r.Root.DurationUS || math.IsNaN(f.CriticalPathShare) {
					t.Errorf("%s saves %d of %d µs", f.Kind, f.Saving.HighUS, r.Root.DurationUS)
				}
			}
			if _, err := json.Marshal(r); err != nil {
				t.Error(err)
			}
		}
	})
}

var (
	inventedNames = []string{"GET", "SELECT x", "connect", "acquire", "lock", "cache get", "\xff", "pkg.Svc/Get"}
	inventedAttrs = []map[string]string{
		nil, {"http.request.method": "GET", "url.full": "http://a/b/77?page=1"}, {"http.request.method": "GET", "url.full": "http://a/b/78?page=2"},
		{"db.system": "x", "db.statement": "SELECT * FROM t WHERE id IN (1, 2) -- '"}, {"http.status_code": "503"}, {"db.response.returned_rows": "5000", "db.system": "y"},
		{"url.full": "://?&=%", "http.method": "\xff"}, {"http.request.resend_count": "1"},
	}
)

// invented makes a span of every 12 bytes.
func invented(raw []byte) []*trace.Span {
	var spans []*trace.Span
	for ; len(raw) >= 12; raw = raw[12:] {
		b := func(i, n int) int { return int(raw[i]) % n }
		s := &trace.Span{
			ID: fmt.Sprint(b(0, 40)), ParentID: fmt.Sprint(b(1, 42)), Service: fmt.Sprint("s", b(2, 4)), Name: inventedNames[b(3, 8)],
			Kind: trace.Kind(b(4, 6)), Start: trace.Micros(binary.LittleEndian.Uint16(raw[5:])) * 100, Duration: trace.Micros(binary.LittleEndian.Uint16(raw[7:])) * 50,
			Error: raw[9]&1 == 1, Attrs: trace.AttrsOf(inventedAttrs[b(10, 8)]),
		}
		switch b(11, 32) {
		case 0:
			s.ParentID = ""
		case 1:
			s.Start = math.MaxInt64 - s.Start
		case 2:
			s.Start = math.MinInt64 + s.Start
		case 3:
			s.Duration = math.MaxInt64 - s.Duration
		case 4:
			s.Duration = -s.Duration
		case 5:
			s.Host = "h"
		case 6:
			s.Links = []trace.Link{{TraceID: "a", SpanID: fmt.Sprint(b(9, 40))}}
		case 7:
			s.Events = []trace.Event{{Time: s.Start, Name: "waiting for lock"}, {Time: s.End(), Name: "acquired lock"}}
		}
		spans = append(spans, s)
	}
	return spans
}
