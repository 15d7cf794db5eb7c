// Package service is what the commands of the three services have in common. A main function is one call of
// [Main]; what makes the service that service is the function it passes.
package service

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"spanwise/internal/database"
	"spanwise/internal/rest"
	"spanwise/internal/telemetry"
)

// A Service is what distinguishes one from another.
type Service struct {
	Name       string
	Addr       string // where it listens unless ADDR says otherwise
	Migrations fs.FS
	Handler    func(*Parts) (http.Handler, error)
}

// Parts are what a service is built from.
type Parts struct {
	Getenv    func(string) string
	DB        *database.DB
	Telemetry *telemetry.Telemetry
	Faults    bool // whether requests may slow themselves down

	background []func()
	closers    []io.Closer
}

// WaitLater lets the service wait, after its last request, for work that goes on in the background.
func (p *Parts) WaitLater(wait func()) { p.background = append(p.background, wait) }

// CloseLater lets something be closed when the service has done its last work.
func (p *Parts) CloseLater(c io.Closer) { p.closers = append(p.closers, c) }

func (p *Parts) close() error {
	var errs []error
	for _, c := range slices.Backward(p.closers) {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// Main runs the service until SIGINT or SIGTERM and ends the process. With the argument healthcheck it asks the
// service that runs beside it whether it is ready instead.
func Main(s Service) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	run := s.Run
	if len(os.Args) > 1 && os.Args[1] == "healthcheck" {
		run = s.healthcheck
	}
	if err := run(ctx, os.Getenv); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", s.Name, err)
		os.Exit(1)
	}
}

// Run starts the service and returns when ctx is done and everything under way is finished and delivered:
// requests first, then work in the background, then what telemetry is queued, then the database and what else was opened.
func (s Service) Run(ctx context.Context, getenv func(string) string) (err error) {
	faults, err := onOff(getenv, "FAULTS")
	if err != nil {
		return err
	}
	wait, err := time.ParseDuration(cmp.Or(getenv("DATABASE_WAIT"), "1m"))
	if err != nil {
		return fmt.Errorf("read DATABASE_WAIT: %w", err)
	}
	addr := cmp.Or(getenv("ADDR"), s.Addr)
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("listen on %s (choose another address with ADDR): %w", addr, err)
	}
	defer ln.Close()
	tel, err := telemetry.Start(ctx, s.Name, getenv, os.Stderr)
	if err != nil {
		return err
	}
	db, err := database.Open(ctx, database.Config{
		Service: s.Name, URL: getenv("DATABASE_URL"), Dir: cmp.Or(getenv("DATA_DIR"), ".data"),
		Wait: wait, Migrations: s.Migrations,
	}, tel)
	if err != nil {
		return err // nothing has happened yet that telemetry could tell
	}
	parts := &Parts{Getenv: getenv, DB: db, Telemetry: tel, Faults: faults, closers: []io.Closer{db}}
	defer func() { err = errors.Join(err, tel.Shutdown(ctx), parts.close()) }()
	handler, err := s.Handler(parts)
	if err != nil {
		return err
	}
	err = rest.Serve(ctx, ln, handler, tel.Log)
	for _, wait := range parts.background {
		wait()
	}
	return err
}

func (s Service) healthcheck(ctx context.Context, getenv func(string) string) error {
	return Healthcheck(ctx, cmp.Or(getenv("ADDR"), s.Addr))
}

// Healthcheck asks the server that listens on addr beside this process whether it is ready, for at most 3 s.
func Healthcheck(ctx context.Context, addr string) error {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("read ADDR: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	return rest.Ask(ctx, "http://127.0.0.1:"+port+"/readyz")
}

func onOff(getenv func(string) string, name string) (bool, error) {
	switch v := getenv(name); v {
	case "on":
		return true, nil
	case "off", "":
		return false, nil
	default:
		return false, fmt.Errorf("%s=%s: choose on or off", name, v)
	}
}
