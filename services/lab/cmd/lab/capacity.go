package main

import (
	"context"
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"spanwise/lab/bench"
	"spanwise/lab/build"
	"spanwise/lab/capacity"
	"spanwise/lab/native"
)

// A capacityRun is how lab capacity was called.
type capacityRun struct {
	demand         capacity.Demand
	kept, busy     string
	given          []string // the flags
	explain        bool
	measure, quick bool
	strict         bool
	file, page     string
}

func planCapacity(set *flag.FlagSet) func(context.Context, env) error {
	var r capacityRun
	usual := capacity.Costs{}.Default(capacity.Gateways)
	set.Float64Var(&r.demand.Rate, "rate", 1000, "`REQUESTS` a second")
	set.Float64Var(&r.demand.Spans, "spans", 0, "`SPANS` of a request (default: those of the request that was measured)")
	set.StringVar(&r.demand.Pipeline, "pipeline", usual.Pipeline, "the `PIPELINE`: "+strings.Join(capacity.Pipelines, ", "))
	set.StringVar(&r.kept, "kept", "", "`SHARE` of the traces that tail sampling keeps (default 10%, and 100% for direct)")
	r.demand.Wait, r.demand.Outage, r.demand.Retention = usual.Wait, usual.Outage, usual.Retention
	set.Var((*timeFlag)(&r.demand.Wait), "wait", "a gateway waits this `TIME` for the rest of a trace, in whole seconds")
	set.Var((*timeFlag)(&r.demand.Outage), "outage", "the queues of agents and gateways hold an outage of this `TIME`")
	set.Var((*timeFlag)(&r.demand.Retention), "retention", "Kafka keeps spans for this `TIME`")
	set.IntVar(&r.demand.Brokers, "brokers", usual.Brokers, "`BROKERS` of Kafka")
	set.IntVar(&r.demand.Agents, "agents", 0, "`AGENTS`, usually one for each node (default: as many as their cores need)")
	set.IntVar(&r.demand.Gateways, "gateways", 0, "`GATEWAYS` of each set (default: as many as their cores need)")
	set.Float64Var(&r.demand.Days, "days", usual.Days, "`DAYS` for which traces are stored")
	set.Float64Var(&r.demand.Cores, "cores", usual.Cores, "`CORES` of an instance")
	set.StringVar(&r.busy, "busy", "60%", "`SHARE` of its cores that an instance uses at that rate")
	set.BoolVar(&r.explain, "explain", false, "also show the formulas")
	set.BoolVar(&r.measure, "measure", false, "measure what one core carries, on this machine (11 minutes)")
	set.BoolVar(&r.quick, "quick", false, "with -measure: shorter runs, for CI; the figures are coarse")
	set.BoolVar(&r.strict, "strict", false, "with -measure: exit with 1 if a prediction is off by more than 20 %")
	set.StringVar(&r.file, "json", "", "read what was measured from this `FILE`, by default docs/capacity.json; with -measure: write it")
	set.StringVar(&r.page, "page", "", "write the tables into this `FILE`, between its two comments")
	return func(ctx context.Context, e env) error {
		set.Visit(func(f *flag.Flag) { r.given = append(r.given, f.Name) })
		return r.run(ctx, e)
	}
}

func (r *capacityRun) run(ctx context.Context, e env) error {
	if !r.measure && (r.quick || r.strict) {
		return misuse("-quick and -strict are for lab capacity -measure")
	}
	if r.quick && r.page != "" {
		return misuse("the figures of -quick are too coarse for a page: leave out -quick or -page")
	}
	for _, name := range r.given {
		if (r.measure || r.page != "") && !slices.Contains([]string{"measure", "quick", "strict", "json", "page"}, name) {
			return misuse("-measure and -page take no -" + name + ": leave it out, or ask without them")
		}
	}
	if r.page != "" {
		if err := fillPage(r.page, "capacity", nil); err != nil { // that it can, before minutes of measuring
			return err
		}
	}
	costs, err := r.costs(ctx, e)
	if err != nil {
		return err
	}
	if r.page != "" {
		text, err := costs.Markdown()
		if err != nil {
			return err
		}
		if err := fillPage(r.page, "capacity", []byte("\n"+text+"\n")); err != nil {
			return err
		}
	}
	if missed := costs.Missed(); r.strict && len(missed) > 0 {
		return fmt.Errorf("%d predictions are not within 20 %%, the first: %v", len(missed), missed[0])
	}
	return nil
}

// costs measures the costs, or reads them and prints what the demand needs.
func (r *capacityRun) costs(ctx context.Context, e env) (costs capacity.Costs, err error) {
	if r.measure {
		return r.measured(ctx, e)
	}
	file := r.file
	if file == "" {
		root, err := sourceTree()
		if err != nil {
			return costs, err
		}
		file = filepath.Join(root, "docs", "capacity.json")
	}
	if costs, err = capacity.Read(file); err != nil {
		return costs, err
	}
	if r.page != "" {
		return costs, nil
	}
	return costs, r.answer(e, costs)
}

// answer prints what the demand needs.
func (r *capacityRun) answer(e env, costs capacity.Costs) (err error) {
	usual := costs.Default(r.demand.Pipeline)
	r.demand.Kept = usual.Kept
	if !slices.Contains(r.given, "spans") {
		r.demand.Spans = usual.Spans
	}
	if r.kept != "" {
		if r.demand.Kept, err = capacity.Share(r.kept); err != nil {
			return misuse("-kept: " + err.Error())
		}
	}
	if r.demand.Busy, err = capacity.Share(r.busy); err != nil {
		return misuse("-busy: " + err.Error())
	}
	if err := r.demand.Check(); err != nil {
		return misuse(err.Error())
	}
	if pipeline := r.demand.Pipeline; pipeline != capacity.Kafka && pipeline != capacity.KafkaTwice {
		for _, name := range r.given {
			if name == "retention" || name == "brokers" {
				return misuse("-" + name + ": the pipeline " + pipeline + " has no Kafka (choose -pipeline kafka, or leave -" + name + " out)")
			}
		}
	}
	plan, err := costs.Plan(r.demand)
	if err != nil {
		return err
	}
	text := plan.String()
	if r.explain {
		text = plan.Explained()
	}
	fmt.Fprintf(e.stdout, "%s\n%s", text, plan.Sources())
	return nil
}

// measured measures the costs.
func (r *capacityRun) measured(ctx context.Context, e env) (costs capacity.Costs, err error) {
	if err := writable(r.file); err != nil {
		return costs, err
	}
	root, files, err := built(ctx, e, build.Jaeger, build.Collector, build.Scale, build.Broker)
	if err != nil {
		return costs, err
	}
	start := func(prepare preparation) bench.Start {
		return func(ctx context.Context, settings []string, do func(*native.Run) error) error {
			return inTree(ctx, e, root, files, settings, prepare, do)
		}
	}
	b := capacity.Bench{
		Start: start(nil), Tiers: start(withoutShop),
		Commit: commitOf(ctx, root), Size: capacity.Full,
		Say: func(format string, args ...any) { fmt.Fprintf(e.stderr, format+"\n", args...) },
	}
	if r.quick {
		b.Size = capacity.Quick
	}
	if costs, err = b.Measure(ctx); err != nil {
		return costs, err
	}
	text, err := costs.Markdown()
	if err != nil {
		return costs, err
	}
	fmt.Fprint(e.stdout, text)
	return costs, writeJSON(r.file, costs)
}

// withoutShop leaves the services out of a system.
func withoutShop(s *native.Settings) (undo func() error, err error) {
	s.NoShop = true
	return func() error { return nil }, nil
}
