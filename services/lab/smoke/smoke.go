// Package smoke tries a running system the way a person would, and checks what Jaeger shows of it span by span.
// Call [Run].
package smoke

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"spanwise/doctor/trace"

	"spanwise/lab/jaeger"
	"spanwise/lab/play"
	"spanwise/lab/scenario"
	"spanwise/lab/shape"
)

// arrival bounds the wait for a trace. Usually it takes half a second.
const arrival = 20 * time.Second

// A Report is told of every check: its name, and what was wrong unless it passed.
type Report func(name string, err error)

// A smoke is one try.
type smoke struct {
	shop   play.Client
	jaeger *jaeger.Reader
	tell   Report
}

// Run makes requests to the order service, reads their traces and reports every check. An error means that the
// system could not be asked at all.
func Run(ctx context.Context, order play.Client, traces *jaeger.Reader, report Report) error {
	s := smoke{order, traces, report}
	if err := order.Ready(ctx); err != nil {
		return err
	}
	return errors.Join(s.read(ctx), s.place(ctx), s.slow(ctx))
}

func get(path string) scenario.Request { return scenario.Request{Method: http.MethodGet, Path: path} }

// read reads order 50, which has 50 lines, in two ways.
func (s smoke) read(ctx context.Context) error {
	batch, err := s.shop.Do(ctx, get("/orders/50?fetch=batch"))
	if err != nil {
		return err
	}
	each, err := s.shop.Do(ctx, get("/orders/50?fetch=each"))
	if err != nil {
		return err
	}
	var differ error
	if batch.Body != each.Body {
		differ = fmt.Errorf("got\n  %s\nand\n  %s", batch.Body, each.Body)
	}
	s.tell("fetch=batch and fetch=each give the same answer", differ)
	if t := s.trace(ctx, "fetch=batch", batch, batchShape); t != nil {
		s.tell("fetch=batch: 1 call to inventory, 1 to pricing, 4 SQL queries", counted(t, 2, 4))
	}
	if t := s.trace(ctx, "fetch=each", each, eachShape(50)); t != nil {
		s.tell("fetch=each: 50 calls to inventory, 50 to pricing, 102 SQL queries", counted(t, 100, 102))
		s.tell("fetch=each: one call after another", serial(t))
	}
	return nil
}

// place places an order and cancels it, so that a system that is in use stays as it was.
func (s smoke) place(ctx context.Context) error {
	placed, err := s.shop.Do(ctx, scenario.Request{Method: http.MethodPost, Path: "/orders",
		Body: `{"customer":"smoke","lines":[{"sku":"sku-7","quantity":2},{"sku":"sku-8","quantity":1}]}`})
	if err != nil {
		return err
	}
	s.trace(ctx, "an order placed", placed, placeShape)
	cancelled, err := s.shop.Do(ctx, scenario.Request{Method: http.MethodPost, Path: placed.Location + "/cancel"})
	if err != nil {
		return err
	}
	s.trace(ctx, "the order cancelled", cancelled, cancelShape)
	return nil
}

// trace awaits an answer's trace and checks what every trace must be. It returns nil if there is none.
func (s smoke) trace(ctx context.Context, name string, a play.Answer, want string) *trace.Trace {
	t, err := s.await(ctx, a, want)
	if t == nil {
		s.tell(name+": its trace is in Jaeger", err)
		return nil
	}
	s.tell(name+": services, parents and number of spans are exact", exact(t, want))
	s.tell(name+": one root and no orphan", whole(t))
	s.tell(name+": http.route on every server span", routed(t))
	return t
}

func (s smoke) await(ctx context.Context, a play.Answer, want string) (*trace.Trace, error) {
	ctx, cancel := context.WithTimeout(ctx, arrival)
	defer cancel()
	return s.jaeger.Await(ctx, a.TraceID, func(t *trace.Trace) bool { return shape.Of(t) == want })
}
