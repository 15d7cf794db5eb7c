// Package load makes requests at a planned rate, whether or not earlier ones have been answered. In such an open loop a slow
// answer does not delay later requests, which would hide how long users wait: each wait counts from the moment the request was due.
// Vegeta makes the requests; this package adds ramps, mixes, and what the answers were. Describe the load in a [Plan] and
// call [Run], or [Start] to watch it or to stop it later.
package load

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// A Plan says what to request, when, and for how long.
type Plan struct {
	Mix       Mix
	Rate      float64           // requests a second, once the ramp is over
	From      float64           // requests a second at the start of the ramp
	Ramp      time.Duration     // how long the rate takes to get from From to Rate; part of Length
	Length    time.Duration     // 0 means until the context ends
	Timeout   time.Duration     // of each request; 0 means [Timeout]
	InFlight  int               // most unanswered requests at a time; 0 means Rate times Timeout, up to [MaxInFlight]
	Seed      uint64            // chooses from the mix: the same seed gives the same sequence
	Transport http.RoundTripper // nil means one that reaches only this machine: see [Local]
}

// The defaults of a Plan. An unanswered request takes about 40 KB of memory.
const (
	Timeout     = 10 * time.Second
	MaxInFlight = 10_000
)

// withDefaults returns the plan with its defaults filled in, or what is wrong with it.
func (p Plan) withDefaults() (Plan, error) {
	switch {
	case !(p.Rate > 0) || math.IsInf(p.Rate, 0):
		return p, fmt.Errorf("a rate of %g requests/s: want more than 0", p.Rate)
	case !(p.From >= 0) || math.IsInf(p.From, 0):
		return p, fmt.Errorf("a ramp from %g requests/s: want 0 or more", p.From)
	case p.Ramp < 0 || p.Length < 0 || p.Timeout < 0 || p.InFlight < 0:
		return p, errors.New("a length, a ramp, a timeout and a number in flight must not be negative")
	case p.Length > 0 && p.Ramp > p.Length:
		return p, fmt.Errorf("a ramp of %v does not fit into a load of %v", p.Ramp, p.Length)
	}
	if p.Timeout == 0 {
		p.Timeout = Timeout
	}
	if p.InFlight == 0 {
		p.InFlight = int(min(math.Ceil(max(p.Rate, p.From)*p.Timeout.Seconds())+1, MaxInFlight))
	}
	if p.Transport == nil {
		p.Transport = Local(p.InFlight)
	}
	return p, p.Mix.check()
}

// Check returns what is wrong with the plan, if anything is.
func (p Plan) Check() error {
	_, err := p.withDefaults()
	return err
}

// A Load is a plan that is being executed. It is safe for concurrent use.
type Load struct {
	plan     Plan
	pacer    *pacer
	observer *observer
	recorder *Recorder
	stop     context.CancelFunc
	done     chan struct{} // closed after the last answer
}

// Run executes a plan and waits for all answers. It calls each, unless that is nil, for one answer at a time; each must return
// quickly, because answers wait for it. If ctx ends, Run sends no more requests but still waits for the answers to those already sent.
func Run(ctx context.Context, plan Plan, each func(Answer)) (Report, error) {
	l, err := Start(ctx, plan, each)
	if err != nil {
		return Report{}, err
	}
	return l.Wait(), nil
}

// Start is Run in the background. An error means that the plan is wrong and that nothing was sent.
func Start(ctx context.Context, plan Plan, each func(Answer)) (*Load, error) {
	plan, err := plan.withDefaults()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	l := &Load{
		plan: plan, stop: cancel, done: make(chan struct{}),
		observer: &observer{next: plan.Transport, timeout: plan.Timeout, trips: make(map[string]*trip)},
		recorder: NewRecorder(),
	}
	l.pacer = newPacer(ctx, plan, l.recorder)
	// Vegeta starts another worker whenever all are busy; the pacer bounds their number.
	attacker := vegeta.NewAttacker(
		vegeta.Client(&http.Client{Transport: l.observer, CheckRedirect: noRedirect}), vegeta.MaxBody(0))
	context.AfterFunc(ctx, func() { attacker.Stop() })
	results := attacker.Attack(plan.Mix.targeter(plan.Seed), l.pacer, 0, "")
	go func() {
		defer cancel()
		defer close(l.done)
		for r := range results {
			answer := l.answer(r)
			l.recorder.Add(answer)
			if each != nil {
				each(answer)
			}
		}
		l.recorder.end()
		l.recorder.notSent(l.pacer.abandon())
	}()
	return l, nil
}

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// answer is what became of a request.
func (l *Load) answer(r *vegeta.Result) Answer {
	due, trip := l.pacer.take(r.Seq), l.observer.take(r.Seq)
	a := trip.answer(r.Error)
	a.Due, a.Latency, a.Wait = due, r.Latency, r.Timestamp.Add(r.Latency).Sub(due)
	return a
}

// InFlight returns how many requests are due and not answered.
func (l *Load) InFlight() int { return l.pacer.outstanding() }

// Done returns a channel that is closed after the last answer.
func (l *Load) Done() <-chan struct{} { return l.done }

// Report returns the report so far.
func (l *Load) Report() Report { return l.recorder.Report() }

// Wait returns the report once all requests have been answered.
func (l *Load) Wait() Report {
	<-l.done
	return l.Report()
}

// Stop sends no more requests and waits for the outstanding answers.
func (l *Load) Stop() Report {
	l.stop()
	return l.Wait()
}
