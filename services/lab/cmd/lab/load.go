package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"strings"
	"time"

	"spanwise/internal/rest"
	"spanwise/lab/bench"
	"spanwise/lab/load"
)

// usualMix is mostly healthy: reads, lists, writes, and a few slow requests in which the doctor finds something.
const usualMix = "8 GET /orders/{1-20}, 2 GET /orders?limit=20, 1 GET /orders/{1-20}/quote, 1 POST /orders, 1 POST {placed}/cancel, " +
	"0.1 GET /orders/50?fetch=each, 0.1 GET /orders/10?calls=serial&latency=inventory:40ms,pricing:60ms"

// A loading is what the flags of lab load say.
type loading struct {
	plan load.Plan
	shop *load.Shop
	url  string
	mix  string
	file string

	commit string // of the source tree
}

func loadShop(set *flag.FlagSet) func(context.Context, env) error {
	l := &loading{plan: load.Plan{Length: time.Minute, Timeout: load.Timeout}}
	set.Float64Var(&l.plan.Rate, "rate", 50, "`REQUESTS` a second, whether or not answers come")
	set.Float64Var(&l.plan.From, "from", 0, "`REQUESTS` a second at the start of the ramp")
	set.Var((*timeFlag)(&l.plan.Ramp), "ramp", "let the rate rise from -from to -rate during the first part of the load, this `TIME`")
	set.Var((*timeFlag)(&l.plan.Length), "for", "stop after this `TIME`; 0 means at Ctrl-C")
	set.Var((*timeFlag)(&l.plan.Timeout), "timeout", "give a request up after this `TIME`")
	set.IntVar(&l.plan.InFlight, "in-flight", 0,
		fmt.Sprintf("leave requests out while `N` are unanswered (default rate × timeout, at most %d)", load.MaxInFlight))
	set.Uint64Var(&l.plan.Seed, "seed", 1, "begin the random choices with this `NUMBER`")
	set.StringVar(&l.mix, "mix", usualMix, "what to request: `PARTS` of a weight, a method and a path, separated by commas;\n"+
		"{1-20} is a random number, and {placed} an order that this load has placed\n")
	set.StringVar(&l.url, "url", "", "load the order service at this `ADDRESS` (default ORDER_URL, or http://localhost:8080)")
	set.StringVar(&l.file, "json", "", "also write the report to this `FILE`, as JSON")
	return l.run
}

// A timeFlag is a flag for a time. Unlike the flag package's own, it says what is missing from a bare number.
type timeFlag time.Duration

func (f *timeFlag) String() string { return time.Duration(*f).String() }

// Set parses the flag's value.
func (f *timeFlag) Set(text string) error {
	d, err := time.ParseDuration(text)
	if err != nil {
		return errors.New("want a number with a unit, such as 90s or 1h")
	}
	*f = timeFlag(d)
	return nil
}

func (l *loading) run(ctx context.Context, e env) error {
	if l.plan.Timeout == 0 { // in a plan, that is the default
		return misuse("-timeout 0s: want a time above 0, such as 10s")
	}
	l.url = cmp.Or(l.url, e.getenv("ORDER_URL"), "http://localhost:8080")
	l.shop = load.NewShop(l.url, l.plan.Seed)
	var err error
	if l.plan.Mix, err = l.shop.Mix(l.mix); err != nil {
		return misuse(err.Error())
	}
	if err := cmp.Or(l.plan.Check(), load.Check(ctx, l.url)); err != nil {
		if ctx.Err() != nil {
			return errors.New("interrupted")
		}
		return misuse(err.Error())
	}
	if err := writable(l.file); err != nil {
		return err
	}
	if err := ready(ctx, l.url, "-url"); err != nil {
		return err
	}
	l.commit = commitHere(ctx)
	report, err := l.watch(ctx, e)
	if err != nil {
		return err
	}
	if err := report.Write(e.stdout); err != nil {
		return err
	}
	if err := writeJSON(l.file, l.result(report)); err != nil {
		return err
	}
	if report.Planned > 0 && report.Accepted == 0 {
		return fmt.Errorf("no request was accepted, of %d that were due", report.Planned)
	}
	return nil
}

// commitHere returns the commit of the source tree that the command was called in, as [commitOf] does.
func commitHere(ctx context.Context) string {
	root, err := sourceTree()
	if err != nil {
		return "unknown" // as in a container
	}
	return commitOf(ctx, root)
}

// ready returns an error that says what to do if no order service is ready at the address. Others have a /readyz too, so it asks for
// an order. how is the flag or the variable that sets the address.
func ready(ctx context.Context, address, how string) error {
	all := ctx
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	client := &http.Client{Transport: load.Local(0)}
	body, err := rest.Fetch(ctx, client, strings.TrimSuffix(address, "/")+"/orders?limit=1")
	if err == nil && !json.Valid(body) { // such as Jaeger's page, which answers on every path
		err = errors.New("what answers does not list orders")
	}
	switch {
	case all.Err() != nil:
		return errors.New("interrupted")
	case err != nil:
		return fmt.Errorf("no order service is ready at %s (start it with make up, or name another one with %s): %w", address, how, err)
	}
	return nil
}

// A loadResult is what -json writes.
type loadResult struct {
	Machine bench.Machine `json:"machine"`
	Commit  string        `json:"commit"` // of the source tree that lab load was called in, or unknown
	URL     string        `json:"url"`
	Mix     string        `json:"mix"`
	Rate    float64       `json:"rate"`
	From    float64       `json:"from"`
	Ramp    float64       `json:"ramp_s"`
	Seed    uint64        `json:"seed"`
	Report  load.Report   `json:"report"`
}

func (l *loading) result(r load.Report) loadResult {
	return loadResult{bench.Here(), l.commit, l.url, l.mix, l.plan.Rate, l.plan.From, l.plan.Ramp.Seconds(), l.plan.Seed, r}
}
