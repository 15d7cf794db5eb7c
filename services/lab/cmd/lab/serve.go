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

// address is where the lab serves unless ADDR says otherwise.
const address = "127.0.0.1:8000"

func serve(*flag.FlagSet) func(context.Context, world) error {
	return func(ctx context.Context, w world) error {
		ln, err := net.Listen("tcp", cmp.Or(w.getenv("ADDR"), address))
		if err != nil {
			return fmt.Errorf("listen (choose another address with ADDR): %w", err)
		}
		return rest.Serve(ctx, ln, page.New(site(w)), slog.New(slog.NewTextHandler(w.stderr, nil)))
	}
}

// site is what the environment says of the services and of Jaeger: where the lab reaches them by ORDER_URL and so on,
// and by SHOWN_ORDER_URL and so on where a person does, if that is another address, as it is in containers.
func site(w world) page.Site {
	s := page.Site{Shop: play.At(w.getenv), Traces: blinded(jaegerURL(w)), Jaeger: jaegerURL(w), Shown: map[string]string{}}
	for name, reached := range s.Shop.URL {
		s.Shown[name] = shownURL(w, name, reached)
	}
	s.Shown["jaeger"] = shownURL(w, "jaeger", s.Jaeger)
	return s
}

func shownURL(w world, name, reached string) string {
	return strings.TrimSuffix(cmp.Or(w.getenv("SHOWN_"+strings.ToUpper(name)+"_URL"), reached), "/")
}

func healthcheck(*flag.FlagSet) func(context.Context, world) error {
	return func(ctx context.Context, w world) error {
		return service.Healthcheck(ctx, cmp.Or(w.getenv("ADDR"), address))
	}
}
