package order

import (
	"context"
	"strings"
	"testing"
	"time"

	"spanwise/internal/database"
	"spanwise/internal/database/databasetest"
	"spanwise/internal/spantest"
	"spanwise/inventory"
	"spanwise/pricing"
)

// A mail that a process left in the outbox is sent after the next start, once, in the trace of the request that caused it.
func TestResumeMails(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, newURL func() string) {
		var log strings.Builder
		spans := spantest.New()
		tel := spans.Telemetry("order", &log)
		config := database.Config{Service: "order", URL: newURL(), Dir: t.TempDir(), Wait: 10 * time.Second, Migrations: Migrations}
		db, err := database.Open(t.Context(), config, tel)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		const trace = "0af7651916cd43dd8448eb211c80319c"
		total := pricing.Euros(1)
		o := Order{ID: 1001, Customer: "ada", Status: Placed, CreatedAt: time.Now(), Charged: &total, Lines: []inventory.Line{{SKU: "sku-1", Quantity: 1}}}
		left := &mail{1001, "ada", map[string]string{"traceparent": "00-" + trace + "-b7ad6b7169203331-01"}}
		if err := insertRelease(t.Context(), db, release{order: o.ID}, time.Now().Add(lease)); err != nil {
			t.Fatal(err)
		}
		if err := (store{db}).insert(t.Context(), o, "", "", left); err != nil {
			t.Fatal(err)
		}
		start := func() {
			orders := New(db, nil, nil, tel)
			if err := orders.ResumeMails(context.Background()); err != nil {
				t.Fatal(err)
			}
			orders.Wait()
		}
		start()
		if n := strings.Count(log.String(), "msg=mail to=ada order=1001"); n != 1 {
			t.Errorf("got the mail %d times, want once:\n%s", n, &log)
		}
		for _, s := range spans.Spans() {
			if s.Name != "send-mail" {
				continue
			}
			if s.SpanContext.TraceID().String() != trace || len(s.Links) != 1 || s.Links[0].SpanContext.SpanID().String() != "b7ad6b7169203331" {
				t.Errorf("got trace %s and links %v, want those of the request", s.SpanContext.TraceID(), s.Links)
			}
		}
		spans.Reset()
		start()
		if n := strings.Count(log.String(), "msg=mail"); n != 1 || len(spans.Spans()) > 0 {
			t.Errorf("got %d mails and %d spans after a start with nothing to send, want no more mail and no span", n, len(spans.Spans()))
		}
	})
}
