package load

import (
	"context"
	"errors"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// Requests are made when they are due, even if none has been answered, and their waits count from that moment.
func TestRunKeepsPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var under, most atomic.Int64
		began := time.Now()
		result := Run(t.Context(), 100, 2*time.Second, func(context.Context) (string, error) {
			most.Store(max(most.Load(), under.Add(1)))
			defer under.Add(-1)
			time.Sleep(500 * time.Millisecond)
			return "id", nil
		})
		if result.Sent != 200 || len(result.Traces) != 200 || len(result.Errors) != 0 {
			t.Errorf("got %d sent, %d answered and %d errors, want 200, 200 and 0", result.Sent, len(result.Traces), len(result.Errors))
		}
		if n := most.Load(); n < 50 || n > 51 {
			t.Errorf("got %d requests at once, want 50: half a second of 100 a second", n)
		}
		if got, want := time.Since(began), 1990*time.Millisecond+500*time.Millisecond; got != want {
			t.Errorf("got %v elapsed, want %v", got, want)
		}
		if got := result.Quantile(0.5); got != 500*time.Millisecond {
			t.Errorf("got a median of %v, want 500ms", got)
		}
	})
}

// A load that is stopped makes no more requests and waits for the outstanding answers.
func TestStopWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stop := Start(t.Context(), 10, time.Hour, func(ctx context.Context) (string, error) {
			time.Sleep(time.Second)
			return "id", ctx.Err()
		})
		time.Sleep(950 * time.Millisecond) // requests at 0, 100, … 900 ms
		result := stop()
		if result.Sent != 10 || len(result.Traces) != 10 {
			t.Errorf("got %d sent and %d answered (%v), want 10 and 10", result.Sent, len(result.Traces), errors.Join(result.Errors...))
		}
	})
}

// A quantile is the smallest wait that at least that fraction did not exceed (nearest rank).
func TestQuantile(t *testing.T) {
	var r Result
	for i := range 20 {
		r.Waits = append(r.Waits, time.Duration(i+1))
	}
	for _, test := range []struct {
		q    float64
		want time.Duration
	}{{0, 1}, {0.05, 1}, {0.5, 10}, {0.51, 11}, {0.55, 11}, {0.95, 19}, {1, 20}} {
		if got := r.Quantile(test.q); got != test.want {
			t.Errorf("quantile %s of 1 to 20: got %d, want %d", strconv.FormatFloat(test.q, 'g', -1, 64), got, test.want)
		}
	}
	if got := (Result{}).Quantile(0.5); got != 0 {
		t.Errorf("quantile of nothing: got %v, want 0", got)
	}
}
