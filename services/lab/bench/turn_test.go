package bench

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// A closed loop keeps its number of requests under way until the time is over, and counts those that fail.
func TestClosedLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		result := closedLoop(t.Context(), 4, time.Second, func(context.Context) (string, error) {
			time.Sleep(100 * time.Millisecond)
			if time.Since(began) <= 100*time.Millisecond {
				return "", errors.New("refused")
			}
			return "id", nil
		})
		if result.Sent != 40 || len(result.Waits) != 36 || len(result.Traces) != 36 || len(result.Errors) != 4 {
			t.Errorf("got %d sent, %d answered, %d traces and %d errors, want 40, 36, 36 and 4",
				result.Sent, len(result.Waits), len(result.Traces), len(result.Errors))
		}
		if got := result.Quantile(0.5); got != 100*time.Millisecond {
			t.Errorf("got a median of %v, want 100ms", got)
		}
	})
}

// The processor time is that of 1,000 requests, of the programs that are asked for.
func TestPer1000(t *testing.T) {
	one := turn{answered: 2000, cpu: map[string]float64{"order": 3, "pricing": 1, "jaeger": 5}}
	if got := one.per1000("order", "pricing"); got != 2 {
		t.Errorf("got %g s, want 2", got)
	}
}
