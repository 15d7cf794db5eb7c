package load

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// The report for people has a row for each target, one for all, the failures by kind, and what was late or not sent.
func TestWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := NewRecorder()
		for range 1500 {
			r.Add(Answer{Target: "GET /a", Wait: 2 * time.Millisecond, Latency: time.Millisecond})
		}
		r.Add(Answer{Target: "GET /b", Wait: 1200 * time.Millisecond, Latency: 150 * time.Millisecond})
		r.Add(Answer{Target: "GET /b", Kind: "status 503", Err: errors.New("GET /b answered 503 Service Unavailable")})
		r.Add(Answer{Target: "GET /c", Kind: "status 503", Err: errors.New("not the first")})
		r.notSent(3)
		time.Sleep(15 * time.Second)
		r.end()
		var got strings.Builder
		if err := r.Report().Write(&got); err != nil {
			t.Fatal(err)
		}
		want := `1,506 requests were due in 15s, 100.4 a second; 1,501 were accepted, 100.1 a second while requests were sent.
3 were not sent within 1s, because the load generator was busy or too many were unanswered (lower -rate, or raise -in-flight).
1 was sent over 100ms late, because the load generator was busy or too many were unanswered; the waits include the delay.
Waits of the accepted requests, from the moment they were due:

   sent  accepted      p50      p90      p95      p99      max
  1,500     1,500  2.00 ms  2.00 ms  2.00 ms  2.00 ms  2.00 ms  GET /a
      2         1   1.20 s   1.20 s   1.20 s   1.20 s   1.20 s  GET /b
      1         0        –        –        –        –        –  GET /c
  1,503     1,501  2.00 ms  2.00 ms  2.00 ms  2.00 ms   1.20 s  all of them

Failures:
       2 × status 503, the first: GET /b answered 503 Service Unavailable
`
		if got.String() != want {
			t.Errorf("got\n%s\nwant\n%s", &got, want)
		}
	})
}

// High rates have all their digits, and a single request is in the singular.
func TestNumbers(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 0.001: "0.001", 83.333: "83.33", 9999.4: "9999", 9999.6: "10,000", 1e5: "100,000"} {
		if got := Rate(v); got != want {
			t.Errorf("%g: got %s, want %s", v, got, want)
		}
	}
	for want, got := range map[string]string{
		"1 request was": were(1, " request"), "2,000 requests were": were(2000, " request"), "0 requests were": were(0, " request"),
		"1 was": were(1, ""), "2 were": were(2, ""),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
