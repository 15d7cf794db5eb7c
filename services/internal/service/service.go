// Package service runs a service from its start to its orderly end. The main function of each service is one call of
// [Main] with a [Service], whose Handler function builds what is particular to it.
package service

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"spanwise/internal/admin"
	"spanwise/internal/database"
	"spanwise/internal/fault"
	"spanwise/internal/journal"
	"spanwise/internal/rest"
	"spanwise/internal/telemetry"
)

// A Service describes one service.
type Service struct {
	Name       string
	Addr       string // where it listens, unless ADDR is set
	Migrations fs.FS
	Handler    func(*Parts) (http.Handler, error)
}

// Parts are what a service's handler is built from.
type Parts struct {
	Getenv    func(string) string
	DB        *database.DB
	Telemetry *telemetry.Telemetry
	Faults    bool // whether requests may slow themselves down

	waits   []func()
	closers []io.Closer
}

// WaitLater registers a function that waits for background work. It is called after the last request.
func (p *Parts) WaitLater(wait func()) { p.waits = append(p.waits, wait) }

// CloseLater registers something to close when all work is done and telemetry is shut down.
func (p *Parts) CloseLater(c io.Closer) { p.closers = append(p.closers, c) }

func (p *Parts) close() error {
	var errs []error
	for _, c := range slices.Backward(p.closers) {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// Main runs the service until SIGINT or SIGTERM, and exits the process if that fails. With the argument healthcheck,
// it instead checks whether the running service is ready.
func Main(s Service) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	if len(os.Args) > 1 && os.Args[1] == "healthcheck" {
		err = Healthcheck(ctx, cmp.Or(os.Getenv("ADDR"), s.Addr))
	} else {
		err = s.Run(ctx, os.Getenv)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", s.Name, err)
		os.Exit(1)
	}
}

// Run runs the service until ctx is done. Before it returns, it finishes requests, then background work, delivers
// queued telemetry, and closes the database and whatever else the handler opened.
func (s Service) Run(ctx context.Context, getenv func(string) string) (err error) {
	set, err := readSettings(getenv)
	if err != nil {
		return err
	}
	addr := cmp.Or(getenv("ADDR"), s.Addr)
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("listen on %s (choose another address with ADDR): %w", addr, err)
	}
	defer ln.Close()
	spans, err := journal.Open(getenv(journal.Name), cmp.Or(getenv(journal.As), s.Name))
	if err != nil {
		return err
	}
	tel, err := s.startTelemetry(ctx, set, spans)
	if err != nil {
		return err
	}
	tel.Log = slog.New(rest.LogRequestIDs(tel.Log.Handler()))
	stopAdmin, err := admin.Start(getenv("ADMIN_ADDR"), tel.Log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stopAdmin()) }() // last, so that the end can be profiled too
	db, err := database.Open(ctx, database.Config{
		Service: s.Name, URL: getenv("DATABASE_URL"), Dir: cmp.Or(getenv("DATA_DIR"), ".data"),
		Wait: set.wait, Migrations: s.Migrations, Size: set.connections,
	}, tel)
	if err != nil {
		return err // without Shutdown: there are no spans yet
	}
	parts := &Parts{Getenv: getenv, DB: db, Telemetry: tel, Faults: set.faults, closers: []io.Closer{spans, db}}
	defer func() { err = errors.Join(err, tel.Shutdown(ctx), parts.close()) }()
	handler, err := s.Handler(parts)
	if err != nil {
		return err
	}
	err = rest.Serve(ctx, ln, rest.Shed(tel, handler), set.closing, tel.Log)
	for _, wait := range parts.waits {
		wait()
	}
	return err
}

// startTelemetry wraps the export of spans in fault.Clock, with which a request can put the service's clock ahead, and in the
// journal of spans if there is one.
func (s Service) startTelemetry(ctx context.Context, set settings, spans *journal.Journal) (*telemetry.Telemetry, error) {
	return telemetry.Start(ctx, telemetry.Config{
		Service:    s.Name,
		Attributes: []attribute.KeyValue{semconv.ServiceNamespace("shop")},
		Sampler:    set.sampler,
		LogLevel:   set.logLevel,
		WrapProcessor: func(next sdktrace.SpanProcessor) sdktrace.SpanProcessor {
			return spans.Wrap(fault.Clock(s.Name, next))
		},
	})
}

// Healthcheck checks whether the server that listens on addr on this machine is ready, for at most 3 s.
func Healthcheck(ctx context.Context, addr string) error {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("read ADDR: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	_, err = rest.Fetch(ctx, http.DefaultClient, "http://127.0.0.1:"+port+"/readyz")
	return err
}
