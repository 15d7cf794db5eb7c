package rest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// readTimeout bounds how long a request takes to arrive, with its body of at most maxBody, so that a slow caller does not
// occupy a place among those that run for longer.
const readTimeout = 10 * time.Second

// maxHeader bounds the head of a request, in bytes. The longest of a service has a thousand products in its query.
const maxHeader = 64 << 10

// drainTimeout bounds how long an exit waits for requests in progress: the longest any may take, and a call to clean up.
const drainTimeout = requestTimeout + callTimeout

// MaxDrainDelay is the longest delay with which a service still ends within 60 s, the usual grace of what stops it: after the
// delay and drainTimeout, telemetry has 10 s.
const MaxDrainDelay = 5 * time.Second

// MaxConnectionAge is the highest [Closing.MaxAge]. Connections that may be older than that may as well have any age.
const MaxConnectionAge = 24 * time.Hour

// Closing says when a server closes connections that its callers would keep, each after an answer. The zero value keeps them.
type Closing struct {
	// MaxAge is the age from which a connection is closed, give or take a tenth, so that its caller opens another one, perhaps to
	// another instance. 0 means that there is none.
	MaxAge time.Duration
	// DrainDelay is how long a server that is stopped still answers. Meanwhile it says at /readyz that it is not ready, and closes
	// each connection, so that a load balancer and the callers go elsewhere before the first connection is refused.
	DrainDelay time.Duration
}

// Serve answers requests on ln until ctx is done and the drain delay is over, then stops accepting and waits for those in progress.
func Serve(ctx context.Context, ln net.Listener, h http.Handler, closing Closing, log *slog.Logger) error {
	conns := &connections{next: h, maxAge: closing.MaxAge}
	server := &http.Server{
		Handler:           conns,
		ConnState:         conns.count,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       readTimeout,
		MaxHeaderBytes:    maxHeader,
		WriteTimeout:      drainTimeout, // so that a caller that does not read cannot delay the exit further
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	if closing.MaxAge > 0 {
		server.ConnContext = conns.age
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(ln) }()
	log.Info("listening", "address", ln.Addr().String())
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	log.Info("draining")
	conns.leaving.Store(true)
	select {
	case err := <-served:
		return err
	case <-time.After(closing.DrainDelay):
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return fmt.Errorf("requests were cut off: %w", errors.Join(err, server.Close()))
	}
	return nil
}

// Fetch returns what a health check or a server that is not one of the services answers to a GET request. A status of 300 or
// more is an error.
func Fetch(ctx context.Context, client *http.Client, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		return nil, fmt.Errorf("%s answered %s", url, resp.Status)
	}
	return io.ReadAll(resp.Body)
}
