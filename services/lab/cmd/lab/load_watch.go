package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"spanwise/lab/load"
)

// The progress of a load is shown this often.
const (
	onTerminal = time.Second
	elsewhere  = 10 * time.Second // where each time adds a line
)

// watch executes the plan and shows its progress. If ctx ends, it returns the report so far.
func (l *loading) watch(ctx context.Context, e env) (load.Report, error) {
	var window atomic.Pointer[load.Recorder] // of the answers since the last progress
	window.Store(load.NewRecorder())
	running, err := load.Start(ctx, l.plan, func(a load.Answer) {
		l.shop.Observe(a)
		window.Load().Add(a)
	})
	if err != nil {
		return load.Report{}, err
	}
	line := progressLine{e: e, plan: l.plan, began: time.Now(), terminal: isTerminal(e.stderr)}
	every := elsewhere
	if line.terminal {
		every = onTerminal
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	interrupted := ctx.Done()
	for {
		select {
		case <-tick.C:
			line.show(window.Swap(load.NewRecorder()).Report(), running.InFlight())
		case <-interrupted:
			interrupted = nil // once
			if n := running.InFlight(); n > 0 {
				line.print("waiting for %d answers, at most %v", n, l.plan.Timeout)
			}
		case <-running.Done():
			line.print("")
			return running.Report(), nil
		}
	}
}

// A progressLine says how a load goes.
type progressLine struct {
	e        env
	plan     load.Plan
	began    time.Time
	terminal bool
	failed   int
}

// show prints the line. last is what was answered since it was shown last.
func (l *progressLine) show(last load.Report, inFlight int) {
	l.failed += last.Sent - last.Accepted
	elapsed := time.Since(l.began)
	l.print("%v: %.4g requests/s, %.4g accepted/s, %d in flight, p50 %s, p99 %s, %d failed", elapsed.Round(time.Second),
		l.plan.RateAt(elapsed), last.Goodput, inFlight, load.Short(last.Wait.P50), load.Short(last.Wait.P99), l.failed)
}

// print overwrites the line on a terminal, and adds one elsewhere. An empty text removes it.
func (l *progressLine) print(format string, args ...any) {
	switch {
	case l.terminal:
		fmt.Fprintf(l.e.stderr, "\r\x1b[K"+format, args...)
	case format != "":
		fmt.Fprintf(l.e.stderr, format+"\n", args...)
	}
}
