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
1 were sent over 100ms late, because the load generator was busy or too many were unanswered; their waits include it.
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
