package native

import "time"

// quiet is how long nothing may come from Kafka before it is empty: five times as long as a fetch waits.
const quiet = time.Second

// An ending is how far a Collector has come with its last work.
type ending struct {
	fromKafka bool
	accepted  int64     // spans
	since     time.Time // when the last of them came
	decided   time.Time // since when only its queue is left
}

// done reports whether a Collector with these counts has nothing left to do, or nobody who takes what is in its queue.
func (e *ending) done(d Delivery) bool {
	now := time.Now()
	if e.since.IsZero() || d.Accepted != e.accepted {
		e.accepted, e.since = d.Accepted, now
	}
	unread := e.fromKafka && (d.Lag > 0 || now.Sub(e.since) < quiet)
	if unread || d.Tail.Undecided() > 0 {
		e.decided = time.Time{}
		return false
	}
	if e.decided.IsZero() {
		e.decided = now
	}
	return d.Waiting() == 0 || now.Sub(e.decided) > deliverTimeout
}
