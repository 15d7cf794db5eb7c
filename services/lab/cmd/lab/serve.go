package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net"

	"spanwise/internal/rest"
	"spanwise/internal/service"
	"spanwise/lab"
)

// address is where the lab serves unless ADDR says otherwise.
const address = "127.0.0.1:8000"

func serve(*flag.FlagSet) func(context.Context, world) error {
	return func(ctx context.Context, w world) error {
		pages, err := lab.NewServer(lab.Places{
			Order:  cmp.Or(w.getenv("ORDER_URL"), "http://localhost:8080"),
			Jaeger: cmp.Or(w.getenv("JAEGER_URL"), "http://localhost:16686"),
		})
		if err != nil {
			return err
		}
		ln, err := net.Listen("tcp", cmp.Or(w.getenv("ADDR"), address))
		if err != nil {
			return fmt.Errorf("listen (choose another address with ADDR): %w", err)
		}
		return rest.Serve(ctx, ln, pages, slog.New(slog.NewTextHandler(w.stderr, nil)))
	}
}

func healthcheck(*flag.FlagSet) func(context.Context, world) error {
	return func(ctx context.Context, w world) error {
		return service.Healthcheck(ctx, cmp.Or(w.getenv("ADDR"), address))
	}
}
