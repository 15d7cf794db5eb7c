// Package load makes requests at a planned rate, whether or not earlier ones have been answered. In such an open loop a slow
// answer does not delay later requests, which would hide how long users wait: each wait counts from the moment the request was due.
// Vegeta makes the requests; this package adds ramps, mixes, and what the answers were. Describe the load in a [Plan] and
// call [Run], or [Start] to watch it or to stop it later.
package load

import (
	"context"
	"net/http"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// A Load is a plan that is being executed. It is safe for concurrent use.
type Load struct {
	pacer    *pacer
	observer *observer
	recorder *Recorder
	stop     context.CancelFunc
	abandon  context.CancelFunc
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
	requests, abandon := context.WithCancel(context.WithoutCancel(ctx))
	l := &Load{
		stop: cancel, abandon: abandon, done: make(chan struct{}), recorder: NewRecorder(),
		observer: &observer{next: plan.Transport, all: requests, timeout: plan.Timeout, trips: make(map[string]*trip)},
	}
	l.pacer = newPacer(ctx, plan, l.recorder)
	tidy := func() {}
	if plan.Transport == nil {
		transport := Local(plan.InFlight)
		l.observer.next, tidy = transport, transport.CloseIdleConnections
	}
	// Vegeta starts another worker whenever all are busy; the pacer bounds their number.
	attacker := vegeta.NewAttacker(
		vegeta.Client(&http.Client{Transport: l.observer, CheckRedirect: noRedirect}), vegeta.MaxBody(0))
	context.AfterFunc(ctx, func() { attacker.Stop() })
	results := attacker.Attack(plan.Mix.targeter(plan.Seed), l.pacer, 0, "")
	go func() {
		defer close(l.done)
		defer cancel()
		defer abandon()
		defer tidy()
		l.collect(results, each)
	}()
	return l, nil
}

// collect counts the answers and passes them on, until the last one has come.
func (l *Load) collect(results <-chan *vegeta.Result, each func(Answer)) {
	for r := range results {
		answer := l.answer(r)
		l.recorder.Add(answer)
		if each != nil {
			each(answer)
		}
	}
	l.recorder.end()
	l.recorder.notSent(l.pacer.abandon())
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

// Abandon sends no more requests and gives up the outstanding ones, which fail as [Abandoned]. Done tells when the last one has.
func (l *Load) Abandon() {
	l.stop()
	l.abandon()
}
