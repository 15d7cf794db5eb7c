package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/pprof/profile"

	"spanwise/internal/rest"
	"spanwise/lab/flame"
	"spanwise/lab/load"
	"spanwise/lab/native"
	"spanwise/lab/play"
	"spanwise/lab/scenario"
)

// A profiling says what to profile, and what the system does meanwhile.
type profiling struct {
	service string
	seconds int
	during  string // underLoad, idle, or the id of a scenario
	rate    int    // requests a second, under load
	file    string // of the picture; "-" is standard output
}

const (
	underLoad = "load"
	idle      = "nothing"
	loadPath  = "/orders/10"
)

func profileService(set *flag.FlagSet) func(context.Context, env) error {
	var p profiling
	set.StringVar(&p.service, "service", native.Order, "the `NAME` of the service: order, inventory or pricing")
	set.IntVar(&p.seconds, "seconds", 20, "how long the profile is taken")
	set.StringVar(&p.during, "during", underLoad, "`WHAT` to do meanwhile: load requests "+loadPath+" at a steady rate, the ID of a scenario plays\n"+
		"its slow request again and again (lab run -list), nothing leaves it to you")
	set.IntVar(&p.rate, "rate", 200, "requests a second, for -during load")
	set.StringVar(&p.file, "o", "", "the `FILE` for the flame graph, as SVG; the profile is written next to it. By default NAME.svg; - is standard output,\n"+
		"without the profile")
	attach := set.Bool("attach", false, "profile a running system instead of a separate one: that of PROFILE=on make up, or the one at ORDER_URL,\n"+
		"ORDER_ADMIN_URL and the like")
	return func(ctx context.Context, e env) error {
		if err := p.check(); err != nil {
			return err
		}
		if *attach {
			return p.run(ctx, e, play.At(e.getenv), adminOf(e.getenv, p.service))
		}
		return inScratch(ctx, e, []string{"PROFILE=on"}, func(run *native.Run) error {
			return p.run(ctx, e, shopOf(run), run.URL(native.AdminPort(p.service)))
		})
	}
}

// check returns what is wrong with the flags, before anything is started.
func (p *profiling) check() error {
	p.file = cmp.Or(p.file, p.service+".svg")
	switch {
	case !slices.Contains(native.Services, p.service):
		return misuse(fmt.Sprintf("-service %s: choose one of %s", p.service, strings.Join(native.Services, ", ")))
	case p.seconds < 1 || p.rate < 1:
		return misuse("-seconds and -rate must be 1 or more")
	case p.during == underLoad || p.during == idle:
		return nil
	}
	_, err := scenario.Find(p.during)
	return err
}

// adminOf returns where a service serves its profiles.
func adminOf(getenv func(string) string, service string) string {
	usual := map[string]string{native.Order: "6080", native.Inventory: "6081", native.Pricing: "6082"}
	return cmp.Or(getenv(strings.ToUpper(service)+"_ADMIN_URL"), "http://127.0.0.1:"+usual[service])
}

// run takes the profile from the admin port while the shop is busy, and writes it down.
func (p profiling) run(ctx context.Context, e env, shop play.Client, admin string) error {
	busy, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- p.keepBusy(busy, e, shop) }()
	fmt.Fprintf(e.stderr, "profiling %s for %d s, during %s\n", p.service, p.seconds, p.activity())
	raw, err := rest.Fetch(ctx, http.DefaultClient, fmt.Sprintf("%s/debug/pprof/profile?seconds=%d", admin, p.seconds))
	stop()
	if failed := <-done; failed != nil || err != nil {
		if err != nil {
			err = fmt.Errorf("take a profile (does %s run with PROFILE=on, or is its ADMIN_ADDR elsewhere than %s?): %w", p.service, admin, err)
		}
		return errors.Join(err, failed)
	}
	return p.write(e, raw)
}

// activity describes what happens meanwhile.
func (p profiling) activity() string {
	if p.during == underLoad {
		return fmt.Sprintf("%d GET %s a second", p.rate, loadPath)
	}
	return p.during
}

// keepBusy makes requests until ctx is done.
func (p profiling) keepBusy(ctx context.Context, e env, shop play.Client) error {
	switch p.during {
	case idle:
		<-ctx.Done()
		return nil
	case underLoad:
		report, err := load.Run(ctx, load.Plan{Mix: load.Get(shop.URL[native.Order] + loadPath), Rate: float64(p.rate)}, nil)
		fmt.Fprintf(e.stderr, "%d requests, %d accepted\n", report.Sent, report.Accepted)
		for _, f := range report.Failures { // a busy service refuses some, which is no reason to lose the profile
			fmt.Fprintf(e.stderr, "%d × %s, the first: %s\n", f.Count, f.Kind, f.First)
		}
		if err == nil && report.Accepted == 0 {
			err = fmt.Errorf("none of %d requests was accepted, so the profile shows no work", report.Sent)
		}
		return err
	}
	s, err := scenario.Find(p.during)
	played := 0
	for ; err == nil && ctx.Err() == nil; played++ {
		_, err = shop.Play(ctx, s, s.Slow)
	}
	fmt.Fprintf(e.stderr, "%s, %d times\n", s.ID, played)
	if ctx.Err() != nil { // the last request was cut off
		return nil
	}
	return err
}

// write draws the profile, and prints what each part of the program took.
func (p profiling) write(e env, raw []byte) error {
	taken, err := profile.ParseData(raw)
	if err != nil {
		return fmt.Errorf("read the profile of %s: %w", p.service, err)
	}
	graph := flame.New(taken)
	var picture bytes.Buffer
	if err := graph.WriteSVG(&picture, fmt.Sprintf("%s during %s", p.service, p.activity())); err != nil {
		return err
	}
	if p.file == "-" {
		_, err := e.stdout.Write(picture.Bytes())
		return err
	}
	pprofFile := strings.TrimSuffix(p.file, filepath.Ext(p.file)) + ".pb.gz"
	if err := errors.Join(os.WriteFile(p.file, picture.Bytes(), 0o644), os.WriteFile(pprofFile, raw, 0o644)); err != nil {
		return err
	}
	for _, part := range graph.Parts() {
		fmt.Fprintf(e.stdout, "%5.1f %%  %s\n", 100*float64(part.CPU)/float64(max(graph.CPU(), 1)), part.Name)
	}
	fmt.Fprintf(e.stdout, "%v of CPU in %d s; the flame graph is in %s, and the profile for go tool pprof in %s\n",
		graph.CPU().Round(time.Millisecond), p.seconds, p.file, pprofFile)
	return nil
}
