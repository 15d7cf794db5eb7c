package order

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"spanwise/internal/database"
	"spanwise/internal/database/databasetest"
	"spanwise/internal/spantest"
	"spanwise/inventory"
	"spanwise/pricing"
)

// A mail that an instance left in the outbox is sent by the others, once, in the trace of the request that caused it. A new one is
// left to the instance that stored it.
func TestMailsThatWereLeft(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, newURL func() string) {
		var log strings.Builder
		spans := spantest.New()
		tel := spans.Telemetry("order", &log)
		config := database.Config{Service: "order", URL: newURL(), Dir: t.TempDir(), Wait: time.Minute, Migrations: Migrations}
		db, err := database.Open(t.Context(), config, tel)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		const trace = "0af7651916cd43dd8448eb211c80319c"
		total := pricing.Euros(1)
		o := Order{Customer: "ada", Status: Placed, Charged: &total, Lines: []inventory.Line{{SKU: "sku-1", Quantity: 1}}}
		left := &mail{0, "ada", map[string]string{"traceparent": "00-" + trace + "-b7ad6b7169203331-01"}}
		for _, age := range []time.Duration{time.Minute, 0} {
			o.CreatedAt = time.Now().Add(-age)
			if o.ID, err = (store{db}).claim(t.Context(), claim{}); err != nil {
				t.Fatal(err)
			}
			left.order = o.ID
			if err := (store{db}).insert(t.Context(), o, claim{order: o.ID}, left); err != nil {
				t.Fatal(err)
			}
		}
		look := func() {
			var all sync.WaitGroup
			for range 4 {
				all.Go(func() {
					if err := New(db, nil, nil, tel).sendMails(context.Background()); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
		}
		look()
		if n := strings.Count(log.String(), "msg=mail to=ada order=1001"); n != 1 {
			t.Errorf("got the mail %d times from four instances, want once:\n%s", n, &log)
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
		look()
		if n := strings.Count(log.String(), "msg=mail "); n != 1 || len(spans.Spans()) > 0 {
			t.Errorf("got %d mails and %d spans after a look with nothing to send, want no more mail and no span", n, len(spans.Spans()))
		}
	})
}
