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
	set.IntVar(&p.seconds, "seconds", 20, "take the profile for this many `SECONDS`")
	set.StringVar(&p.during, "during", underLoad, "`WHAT` to do meanwhile: load requests "+loadPath+" at a steady rate, the ID of a scenario plays\n"+
		"its slow request again and again (lab run -list), nothing leaves it to you")
	set.IntVar(&p.rate, "rate", 200, "`REQUESTS` a second, for -during load")
	set.StringVar(&p.file, "o", "", "the `FILE` for the flame graph, as SVG; the profile is written next to it. By default NAME.svg; - is standard output,\n"+
		"without the profile")
	attach := set.Bool("attach", false, "profile a running system instead of a separate one: that of PROFILE=on make up, or the one at ORDER_URL,\n"+
		"ORDER_ADMIN_URL and the like")
	return func(ctx context.Context, e env) error {
		if err := p.check(); err != nil {
			return err
		}
		if p.file != "-" {
			if err := writable(p.file, p.pprofFile()); err != nil {
				return err
			}
		}
		if *attach {
			if p.during == underLoad {
				if err := load.Check(ctx, play.At(e.getenv).URL[native.Order]); err != nil {
					return misuse(err.Error())
				}
			}
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
	case p.during == underLoad:
		if err := p.plan("http://localhost").Check(); err != nil {
			return misuse(err.Error())
		}
		return nil
	case p.during == idle:
		return nil
	}
	_, err := scenario.Find(p.during)
	return err
}

// pprofFile is the file of the profile, next to the picture.
func (p profiling) pprofFile() string {
	return strings.TrimSuffix(p.file, filepath.Ext(p.file)) + ".pb.gz"
}

// adminOf returns where a service serves its profiles.
func adminOf(getenv func(string) string, service string) string {
	usual := fmt.Sprintf("http://127.0.0.1:%d", native.UsualPort(native.AdminPort(service)))
	return cmp.Or(getenv(adminVariable(service)), usual)
}

func adminVariable(service string) string { return strings.ToUpper(service) + "_ADMIN_URL" }

// plan is the load on the order service at an address.
func (p *profiling) plan(order string) load.Plan {
	return load.Plan{Mix: load.Get(strings.TrimSuffix(order, "/") + loadPath), Rate: float64(p.rate)}
}

// run takes the profile from the admin port while the shop is busy, and writes it down.
func (p profiling) run(ctx context.Context, e env, shop play.Client, admin string) error {
	if _, err := rest.Fetch(ctx, http.DefaultClient, admin+"/debug/pprof/"); err != nil { // before there is any load
		return fmt.Errorf("%s serves no profiles at %s (start it with PROFILE=on make up, or name its admin address with %s): %w",
			p.service, admin, adminVariable(p.service), err)
	}
	if p.during == underLoad {
		if err := ready(ctx, shop.URL[native.Order], "ORDER_URL"); err != nil {
			return err
		}
	}
	fmt.Fprintf(e.stderr, "profiling %s for %d s, during %s\n", p.service, p.seconds, p.activity())
	busy, stop := context.WithCancel(ctx)
	defer stop()
	useful, end := context.WithCancel(ctx) // as long as the shop is busy
	defer end()
	done := make(chan error, 1)
	go func() {
		err := p.keepBusy(ctx, busy, e, shop)
		if err != nil {
			end()
		}
		done <- err
	}()
	raw, err := rest.Fetch(useful, http.DefaultClient, fmt.Sprintf("%s/debug/pprof/profile?seconds=%d", admin, p.seconds))
	stop()
	failed := <-done
	switch {
	case ctx.Err() != nil:
		return errors.New("interrupted")
	case failed != nil: // and ended the profile
		return failed
	case err != nil:
		return fmt.Errorf("take a profile of %s: %w", p.service, err)
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

// keepBusy makes requests until busy is done, and then waits for the answers, unless ctx is done too.
func (p profiling) keepBusy(ctx, busy context.Context, e env, shop play.Client) error {
	switch p.during {
	case idle:
		<-busy.Done()
		return nil
	case underLoad:
		running, err := load.Start(busy, p.plan(shop.URL[native.Order]), nil)
		if err != nil {
			return err
		}
		defer context.AfterFunc(ctx, running.Abandon)()
		report := running.Wait()
		if ctx.Err() != nil {
			return nil
		}
		fmt.Fprintf(e.stderr, "%d requests, %d accepted\n", report.Sent, report.Accepted)
		for _, f := range report.Failures { // a busy service refuses some, which is no reason to lose the profile
			fmt.Fprintf(e.stderr, "%d × %s, the first: %s\n", f.Count, f.Kind, f.First)
		}
		if report.Accepted == 0 {
			return fmt.Errorf("none of %d requests was accepted, so the profile shows no work", report.Sent)
		}
		return nil
	}
	s, err := scenario.Find(p.during)
	played := 0
	for ; err == nil && busy.Err() == nil; played++ {
		_, err = shop.Play(busy, s, s.Slow)
	}
	fmt.Fprintf(e.stderr, "%s, %d times\n", s.ID, played)
	if busy.Err() != nil { // the last request was cut off
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
	if err := errors.Join(os.WriteFile(p.file, picture.Bytes(), 0o644), os.WriteFile(p.pprofFile(), raw, 0o644)); err != nil {
		return err
	}
	for _, part := range graph.Parts() {
		fmt.Fprintf(e.stdout, "%5.1f %%  %s\n", 100*float64(part.CPU)/float64(max(graph.CPU(), 1)), part.Name)
	}
	fmt.Fprintf(e.stdout, "%v of CPU in %d s; the flame graph is in %s, and the profile for go tool pprof in %s\n",
		graph.CPU().Round(time.Millisecond), p.seconds, p.file, p.pprofFile())
	return nil
}
