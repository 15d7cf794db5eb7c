package main

import (
	"cmp"
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/dustin/go-humanize/english"

	"spanwise/lab/load"
)

// The progress of a load is shown this often.
const (
	onTerminal = time.Second
	elsewhere  = 10 * time.Second // where each time adds a line
)

// watch executes the plan and shows its progress. If ctx ends, at the first Ctrl-C, it waits for the outstanding answers, and at the
// second it abandons them. Either way it returns the report so far.
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
			defer onInterrupt(running.Abandon)()
			line.interrupted = true
			line.wait(running.InFlight())
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

	interrupted bool // by Ctrl-C
}

// show prints the line. last is what was answered since it was shown last. Once nothing is sent any more, the line says what it
// waits for.
func (l *progressLine) show(last load.Report, inFlight int) {
	l.failed += last.Sent - last.Accepted
	elapsed := time.Since(l.began)
	if l.interrupted || l.plan.Length > 0 && elapsed >= l.plan.Length {
		l.wait(inFlight)
		return
	}
	l.print("%v: %s requests/s, %s accepted/s, %d in flight, p50 %s, p99 %s, %d failed", elapsed.Round(time.Second),
		load.Rate(l.plan.RateAt(elapsed)), load.Rate(last.Goodput), inFlight, load.Short(last.Wait.P50), load.Short(last.Wait.P99), l.failed)
}

// wait prints how many answers are outstanding, if any are.
func (l *progressLine) wait(n int) {
	if n == 0 {
		return
	}
	text := fmt.Sprintf("waiting for %s, at most %v", english.Plural(n, "answer", ""), cmp.Or(l.plan.Timeout, load.Timeout))
	if l.interrupted {
		text += "; press Ctrl-C again for the report so far"
	}
	l.print("%s", text)
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
