package load

import (
	"context"
	"sync"
	"time"
)

// tooLate is how late a request may be sent. If Plan.InFlight requests are unanswered, those that are due wait, and are
// left out and counted after that time: sending them all at once later would be another load than the plan's.
const tooLate = time.Second

// A pacer tells vegeta when to send the requests of a plan, and knows when each was due, because vegeta only knows when it was sent.
// Vegeta's own pacer for ramps floods a service if it begins with 0 requests/s: see findings/vegeta-linear-ramp.sh.
type pacer struct {
	ctx      context.Context
	plan     Plan
	recorder *Recorder
	began    time.Time
	next     int           // of the plan's requests
	slots    chan struct{} // holds one for each unanswered request

	mu  sync.Mutex
	due map[uint64]time.Time // of the unanswered requests, by vegeta's number
}

func newPacer(ctx context.Context, plan Plan, r *Recorder) *pacer {
	return &pacer{
		ctx: ctx, plan: plan, recorder: r, began: r.began,
		slots: make(chan struct{}, plan.InFlight), due: make(map[uint64]time.Time),
	}
}

// Pace is called by vegeta before each request. It waits until the request is due and may be sent, so that the end of the context
// interrupts the wait; vegeta's own wait cannot be interrupted.
func (p *pacer) Pace(_ time.Duration, sent uint64) (wait time.Duration, stop bool) {
	for ; ; p.next++ {
		after, over := p.plan.due(p.next), false
		if length := p.plan.Length; length > 0 && after >= length {
			after, over = length, true
		}
		due := p.began.Add(after)
		if !p.sleepUntil(due) || over {
			p.recorder.end()
			return 0, true
		}
		if p.slot(due.Add(tooLate)) {
			p.next++
			p.mu.Lock()
			defer p.mu.Unlock()
			p.due[sent] = due
			return 0, false
		}
		p.recorder.notSent(1)
	}
}

// sleepUntil reports whether the context lasted until then.
func (p *pacer) sleepUntil(then time.Time) bool {
	d := time.Until(then)
	if d <= 0 || p.ctx.Err() != nil {
		return p.ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-p.ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// slot reports whether another request may be sent before the latest time for it.
func (p *pacer) slot(latest time.Time) bool {
	left := time.Until(latest)
	if left < 0 {
		return false
	}
	select {
	case p.slots <- struct{}{}:
		return true
	default:
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case p.slots <- struct{}{}:
		return true
	case <-p.ctx.Done():
	case <-timer.C:
	}
	return false
}

// Rate returns the rate of the plan. Vegeta's interface wants it.
func (p *pacer) Rate(elapsed time.Duration) float64 { return p.plan.RateAt(elapsed) }

// take returns when an answered request was due, and forgets it.
func (p *pacer) take(sent uint64) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	due := p.due[sent]
	delete(p.due, sent)
	<-p.slots
	return due
}

func (p *pacer) outstanding() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.due)
}

// abandon returns how many requests vegeta was about to send when it was stopped, and forgets them.
func (p *pacer) abandon() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.due)
	clear(p.due)
	return n
}
