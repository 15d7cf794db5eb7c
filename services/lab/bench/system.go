package bench

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"spanwise/lab/jaeger"
	"spanwise/lab/native"
	"spanwise/lab/play"
	"spanwise/lab/smoke"
)

// ordinary is the request of all parts but lines: an order of ten lines, for which order asks inventory and pricing once each.
const ordinary = "/orders/10"

// A system is a run that is measured.
type system struct {
	run    *native.Run
	shop   play.Client
	jaeger *jaeger.Reader
	golden smoke.Golden // the spans of an ordinary request
	share  float64      // of the requests that are sampled, from 0 to 1
}

func newSystem(run *native.Run) (*system, error) {
	golden, err := smoke.Load(run.Root, "healthy")
	if err != nil {
		return nil, err
	}
	shop := play.New(run.Shop())
	return &system{run, shop, jaeger.New(run.URL(native.JaegerPort), shop.HTTP.Transport), golden, 1}, nil
}

// newSystems returns the runs as systems.
func newSystems(runs []*native.Run) ([]*system, error) {
	var systems []*system
	for _, run := range runs {
		s, err := newSystem(run)
		if err != nil {
			return nil, err
		}
		systems = append(systems, s)
	}
	return systems, nil
}

// get makes a GET request to order and returns the id of its trace, or "" if the services have no telemetry.
func (s *system) get(ctx context.Context, path string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.run.URL(native.OrderPort)+path, nil)
	if err != nil {
		return "", err
	}
	resp, err := s.shop.HTTP.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return "", fmt.Errorf("GET %s: read the answer: %w", path, err)
	}
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("GET %s: order answered %s", path, resp.Status)
	}
	id, _ := jaeger.TraceID(resp.Header)
	return id, nil
}

const (
	look = 200 * time.Millisecond // between two looks at the Collector's counters
	calm = 3                      // looks without a change mean that all spans have arrived: they are sent every 200 ms
)

func (s *system) settle(ctx context.Context, patience time.Duration) (native.Delivery, error) {
	return Settle(ctx, s.run, patience)
}

// Settle waits until no span of a run is on its way to Jaeger, at most for patience, and returns the Collector's counts.
func Settle(ctx context.Context, run *native.Run, patience time.Duration) (native.Delivery, error) {
	end := time.Now().Add(patience)
	var last native.Delivery
	for same := 0; ; {
		d, err := run.Delivered(ctx)
		if err != nil {
			return d, err
		}
		if d != last || d.Waiting() > 0 || d.Tail.Undecided() > 0 {
			same = 0
		}
		if same++; same > calm || time.Now().After(end) {
			return d, nil
		}
		last = d
		if err := play.Wait(ctx, look); err != nil {
			return d, err
		}
	}
}
