package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"strings"

	"spanwise/internal/rest"
	"spanwise/internal/service"
	"spanwise/lab/page"
	"spanwise/lab/play"
)

// address is where the lab serves its page unless ADDR is set.
const address = "127.0.0.1:8000"

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
		return rest.Serve(ctx, ln, page.New(site), slog.New(slog.NewTextHandler(e.stderr, nil)))
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
	return s, err
}

func shownURL(e env, name, reached string) string {
	return strings.TrimSuffix(cmp.Or(e.getenv("SHOWN_"+strings.ToUpper(name)+"_URL"), reached), "/")
}

func healthcheck(*flag.FlagSet) func(context.Context, env) error {
	return func(ctx context.Context, e env) error {
		return service.Healthcheck(ctx, cmp.Or(e.getenv("ADDR"), address))
	}
}
