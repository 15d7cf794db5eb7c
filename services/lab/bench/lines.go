package bench

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/dustin/go-humanize/english"

	"spanwise/internal/rest"
	"spanwise/lab/native"
)

var lines = Part{
	Name:  "lines",
	Title: "An N+1 against its fix",
	About: "Order N has N lines. With `fetch=each`, order asks for the stock and the price of each line in a request of its own, and with `fetch=batch`, its default, for all of them at once. " +
		"Both are requested by turns. The bytes are those of the trace in OTLP JSON, as Jaeger returns it.",
	measure: (*Bench).lines,
}

// fetches are the ways to fetch lines, by their values of the parameter fetch.
var fetches = []string{"each", "batch"}

func (b *Bench) lines(ctx context.Context) (figures Figures, err error) {
	err = b.Ours(ctx, nil, func(run *native.Run) error {
		s, err := newSystem(run)
		if err != nil {
			return err
		}
		c := make(comparison)
		for round := range b.Size.repeats + 1 {
			b.Say("  round %d of %d", round, b.Size.repeats)
			fetched, err := s.fetchAll(ctx, b.Size.lines, round)
			if err != nil {
				return err
			}
			for _, f := range fetched {
				if err := s.weigh(ctx, &f); err != nil {
					return err
				}
				if round > 0 { // the first one fills caches and opens connections
					f.addTo(c)
				}
			}
		}
		figures = lineFigures(c, b.Size.lines)
		return nil
	})
	return figures, err
}

// A fetched is an order that was requested in one of the ways.
type fetched struct {
	row, how     string
	traceID      string
	took         time.Duration
	spans, bytes int // of its trace
}

// fetchAll requests each order in each way, and waits until the traces have arrived.
func (s *system) fetchAll(ctx context.Context, sizes []int, round int) ([]fetched, error) {
	var all []fetched
	for _, n := range sizes {
		for i := range fetches {
			f := fetched{row: lineRow(n), how: fetches[(i+round)%len(fetches)]}
			began := time.Now()
			id, err := s.get(ctx, fmt.Sprintf("/orders/%d?fetch=%s", n, f.how))
			if err != nil {
				return nil, err
			}
			f.traceID, f.took = id, time.Since(began)
			all = append(all, f)
		}
	}
	_, err := s.settle(ctx, patience)
	return all, err
}

// weigh counts the spans and the bytes of the trace.
func (s *system) weigh(ctx context.Context, f *fetched) error {
	t, err := s.jaeger.Trace(ctx, f.traceID)
	if err != nil {
		return err
	}
	text, err := rest.Fetch(ctx, http.DefaultClient, s.run.URL(native.JaegerPort)+"/api/v3/traces/"+f.traceID)
	f.spans, f.bytes = len(t.Spans), len(text)
	return err
}

func (f fetched) addTo(c comparison) {
	c.add(f.row, f.how+": time", ms(f.took))
	c.add(f.row, f.how+": spans", float64(f.spans))
	c.add(f.row, f.how+": bytes", float64(f.bytes))
}

func lineRow(n int) string { return english.Plural(n, "line", "") }

// measures are what is measured of each order, with their units.
var measures = []struct{ name, unit string }{{"time", "ms"}, {"spans", ""}, {"bytes", ""}}

// lineFigures lists the ratios for the largest order, and everything that was measured.
func lineFigures(c comparison, sizes []int) (figures Figures) {
	largest := lineRow(sizes[len(sizes)-1])
	for _, m := range measures {
		figures = append(figures, ratio(fmt.Sprintf("%s for %s, each to batch", m.name, largest),
			c.values(largest, "each: "+m.name), c.values(largest, "batch: "+m.name)))
	}
	for _, n := range sizes {
		for _, m := range measures {
			for _, how := range fetches {
				column := how + ": " + m.name
				figures = append(figures, figure(lineRow(n), m.unit, c.values(lineRow(n), column)...).in(column))
			}
		}
	}
	return figures
}
