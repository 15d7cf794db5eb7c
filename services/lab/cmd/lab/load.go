package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"spanwise/internal/rest"
	"spanwise/lab/bench"
	"spanwise/lab/load"
)

// usualMix is mostly healthy: reads, lists, writes, and a few faults that the doctor finds and that do not fail.
const usualMix = "8 GET /orders/{1-20}, 2 GET /orders?limit=20, 1 GET /orders/{1-20}/quote, 1 POST /orders, 1 POST {placed}/cancel, " +
	"0.1 GET /orders/50?fetch=each, 0.1 GET /orders/10?calls=serial&latency=inventory:40ms,pricing:60ms"

func loadShop(set *flag.FlagSet) func(context.Context, env) error {
	var (
		plan load.Plan
		mix  = set.String("mix", usualMix, "what to request: `PARTS` of a weight, a method and a path, separated by commas;\n{1-20} is a random number, and {placed} an order that this load has placed\n")
		url  = set.String("url", "", "the order service, or what is in front of it, at this `ADDRESS` (default ORDER_URL, or http://localhost:8080)")
		file = set.String("json", "", "also write the report to this `FILE`, as JSON")
	)
	set.Float64Var(&plan.Rate, "rate", 50, "requests a `SECOND`, whether or not answers come")
	set.Float64Var(&plan.From, "from", 0, "requests a `SECOND` at the start of the ramp")
	set.DurationVar(&plan.Ramp, "ramp", 0, "let the rate rise from -from to -rate during this first part of the `TIME`")
	set.DurationVar(&plan.Length, "for", time.Minute, "stop after this `TIME`, such as 90s or 1h; 0 means at Ctrl-C")
	set.DurationVar(&plan.Timeout, "timeout", load.Timeout, "give a request up after this `TIME`")
	set.IntVar(&plan.InFlight, "in-flight", 0, fmt.Sprintf("leave requests out while `N` are unanswered (default: rate × timeout, at most %d)", load.MaxInFlight))
	set.Uint64Var(&plan.Seed, "seed", 1, "choose from the mix by this `NUMBER`: the same one gives the same requests")
	return func(ctx context.Context, e env) error {
		address := cmp.Or(*url, e.getenv("ORDER_URL"), "http://localhost:8080")
		shop := load.NewShop(address, plan.Seed)
		var err error
		if plan.Mix, err = shop.Mix(*mix); err == nil {
			err = plan.Check()
		}
		if err == nil {
			err = load.Check(ctx, address)
		}
		if err != nil {
			return misuse(err.Error())
		}
		if err := answers(ctx, address); err != nil {
			return err
		}
		report, err := watch(ctx, e, plan, shop)
		if err != nil {
			return err
		}
		if err := report.Write(e.stdout); err != nil {
			return err
		}
		if err := writeJSON(*file, loadResult{bench.Here(), address, *mix, plan.Rate, plan.From, plan.Ramp.Seconds(), plan.Seed, report}); err != nil {
			return err
		}
		if report.Planned > 0 && report.Accepted == 0 {
			return fmt.Errorf("none of %d requests was accepted", report.Planned)
		}
		return nil
	}
}

// A loadResult is what -json writes.
type loadResult struct {
	Machine bench.Machine `json:"machine"`
	URL     string        `json:"url"`
	Mix     string        `json:"mix"`
	Rate    float64       `json:"rate"`
	From    float64       `json:"from"`
	Ramp    float64       `json:"ramp_s"`
	Seed    uint64        `json:"seed"`
	Report  load.Report   `json:"report"`
}

// answers returns an error that says what to do if nothing is ready at the address.
func answers(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	client := &http.Client{Transport: load.Local(1)}
	defer client.CloseIdleConnections()
	if _, err := rest.Fetch(ctx, client, strings.TrimSuffix(address, "/")+"/readyz"); err != nil {
		return fmt.Errorf("no order service is ready at %s (start it with make up, or name another one with -url): %w", address, err)
	}
	return nil
}

// watch executes the plan and shows how it goes: each second on a terminal, elsewhere a line every ten seconds.
func watch(ctx context.Context, e env, plan load.Plan, shop *load.Shop) (load.Report, error) {
	var window atomic.Pointer[load.Recorder]
	window.Store(load.NewRecorder())
	running, err := load.Start(ctx, plan, func(a load.Answer) {
		shop.Observe(a)
		window.Load().Add(a)
	})
	if err != nil {
		return load.Report{}, err
	}
	line := statusLine{e: e, plan: plan, began: time.Now(), every: 10 * time.Second}
	if isTerminal(e.stderr) {
		line.every, line.terminal = time.Second, true
	}
	tick := time.NewTicker(line.every)
	defer tick.Stop()
	interrupted := ctx.Done()
	for {
		select {
		case <-tick.C:
			line.show(window.Swap(load.NewRecorder()).Report(), running.InFlight())
		case <-interrupted:
			interrupted = nil
			line.print("waiting for %d answers, %v at most …", running.InFlight(), plan.Timeout)
		case <-running.Done():
			line.print("")
			return running.Wait(), nil
		}
	}
}

// A statusLine shows the last part of a load.
type statusLine struct {
	e        env
	plan     load.Plan
	began    time.Time
	every    time.Duration
	terminal bool
	failed   int
}

func (l *statusLine) show(last load.Report, inFlight int) {
	l.failed += last.Sent - last.Accepted
	elapsed := time.Since(l.began)
	l.print("%v: %.4g requests/s, %.4g accepted/s, %d in flight, p50 %s, p99 %s, %d failed", elapsed.Round(time.Second),
		l.plan.RateAt(elapsed), last.Goodput, inFlight, load.Short(last.Wait.P50), load.Short(last.Wait.P99), l.failed)
}

// print overwrites the line on a terminal, and writes another one elsewhere. An empty text removes it.
func (l *statusLine) print(format string, args ...any) {
	switch {
	case l.terminal:
		fmt.Fprintf(l.e.stderr, "\r\x1b[K"+format, args...)
	case format != "":
		fmt.Fprintf(l.e.stderr, format+"\n", args...)
	}
}
