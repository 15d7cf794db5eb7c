package native

import (
	"testing"
	"testing/synctest"
	"time"
)

// A gateway is stopped once it has read all of Kafka, decided, and sent; but nobody waits long for a Jaeger that is gone.
func TestEnding(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := ending{fromKafka: true}
		for _, step := range []struct {
			after time.Duration
			now   Delivery
			done  bool
		}{
			{0, Delivery{Accepted: 10, Lag: 5}, false},
			{2 * quiet, Delivery{Accepted: 10, Lag: 5}, false}, // the broker is slow
			{0, Delivery{Accepted: 15}, false},                 // more may come
			{2 * quiet, Delivery{Accepted: 15, Tail: Tail{Began: 2, Decided: 1}}, false},
			{time.Second, Delivery{Accepted: 15, Queued: 3, Tail: Tail{Began: 2, Decided: 2}}, false},
			{time.Second, Delivery{Accepted: 15, Queued: 3, Tail: Tail{Began: 2, Decided: 2}}, false},
			{deliverTimeout, Delivery{Accepted: 15, Queued: 3, Tail: Tail{Began: 2, Decided: 2}}, true},
			{0, Delivery{Accepted: 15, Tail: Tail{Began: 2, Decided: 2}}, true},
		} {
			time.Sleep(step.after)
			if got := e.done(step.now); got != step.done {
				t.Errorf("%+v: got %v, want %v", step.now, got, step.done)
			}
		}
	})
}
