package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"spanwise/internal/rest"
	"spanwise/internal/service"
	"spanwise/lab/build"
	"spanwise/lab/logs"
	"spanwise/lab/native"
	"spanwise/lab/page"
	"spanwise/lab/play"
	"spanwise/lab/status"
)

// address is where the lab serves its page unless ADDR is set.
const address = "127.0.0.1:8000"

// gcPercent is how much garbage the server lets accumulate, in percent of what it uses. After a list of 1,000 traces of 404 spans
// each, it takes 56 to 61 MB instead of 77, for a fifth more processor time.
const gcPercent = 40

// healthTimeout bounds the health check of another program.
const healthTimeout = 3 * time.Second

func serve(*flag.FlagSet) func(context.Context, env) error {
	return func(ctx context.Context, e env) error {
		site, err := siteOf(e)
		if err != nil {
			return err
		}
		ln, err := net.Listen("tcp", cmp.Or(e.getenv("ADDR"), address))
		if err != nil {
			return fmt.Errorf("listen (set ADDR to use another address): %w", err)
		}
		site.Logs = new(logs.Store)
		if e.getenv("GOGC") == "" {
			debug.SetGCPercent(gcPercent)
		}
		mux := http.NewServeMux()
		mux.Handle("/v1/logs", site.Logs.Receiver()) // apart from the page, because the Collector may use any name for this machine
		mux.Handle("/", page.New(site))
		return rest.Serve(ctx, ln, mux, rest.Closing{}, slog.New(slog.NewTextHandler(e.stderr, nil)))
	}
}

// siteOf returns the addresses of the services and Jaeger. The lab itself reaches them at ORDER_URL and so on. The page shows
// SHOWN_ORDER_URL and so on where these are set, because a browser may need other addresses than a container.
func siteOf(e env) (page.Site, error) {
	traces, err := attached(e)
	s := page.Site{Shop: play.At(e.getenv), Traces: traces, Jaeger: jaegerURL(e), Shown: map[string]string{}}
	for name, reached := range s.Shop.URL {
		s.Shown[name] = shownURL(e, name, reached)
	}
	s.Shown["jaeger"] = shownURL(e, "jaeger", s.Jaeger)
	s.Status = checker(e, s)
	if url, dir := e.getenv("PRICING_DATABASE_URL"), e.getenv("DATA_DIR"); url != "" || dir != "" {
		s.Grow = func(ctx context.Context, products int, progress func(done int)) error {
			return addProductsTo(ctx, e, url, dir, products, progress)
		}
	}
	return s, err
}

// partNames are what people call the programs that are not services.
var partNames = map[string]string{native.Collector: "Collector", build.Scale: "Collector", native.Jaeger: "Jaeger"}

// checker returns a checker of everything that the page needs: of the Collector only if it is known where to ask.
func checker(e env, s page.Site) status.Checker {
	c := status.Checker{Client: http.DefaultClient, Progress: e.getenv("LAB_PROGRESS_FILE")}
	for _, name := range native.Services {
		c.Targets = append(c.Targets, status.Target{Name: name, URL: strings.TrimSuffix(s.Shop.URL[name], "/") + "/readyz"})
	}
	if health := e.getenv("OTELCOL_HEALTH_URL"); health != "" {
		c.Targets = append(c.Targets, status.Target{Name: partNames[native.Collector], URL: health})
	}
	c.Targets = append(c.Targets, status.Target{Name: partNames[native.Jaeger], URL: strings.TrimSuffix(s.Jaeger, "/") + "/api/v3/services"})
	return c
}

func shownURL(e env, name, reached string) string {
	return strings.TrimSuffix(cmp.Or(e.getenv("SHOWN_"+strings.ToUpper(name)+"_URL"), reached), "/")
}

func healthcheck(set *flag.FlagSet) func(context.Context, env) error {
	url := set.String("url", "", "check the server that answers at `URL` instead, such as Jaeger's health check")
	return func(ctx context.Context, e env) error {
		if *url == "" {
			return service.Healthcheck(ctx, cmp.Or(e.getenv("ADDR"), address))
		}
		ctx, cancel := context.WithTimeout(ctx, healthTimeout)
		defer cancel()
		_, err := rest.Fetch(ctx, http.DefaultClient, *url)
		return err
	}
}
