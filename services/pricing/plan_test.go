package pricing

import (
	"net/url"
	"strings"
	"testing"
	"time"

	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"spanwise/internal/database"
	"spanwise/internal/database/databasetest"
	"spanwise/internal/fault"
	"spanwise/internal/spantest"
)

// Looking up a name uses the index on names in both databases, unless the request asks to miss it.
func TestPlans(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, newURL func() string) {
		config := database.Config{Service: "pricing", URL: newURL(), Dir: t.TempDir(), Wait: time.Minute, Migrations: Migrations}
		explain := "EXPLAIN QUERY PLAN "
		if config.URL != "" {
			explain = "EXPLAIN "
		}
		spans := spantest.New()
		tel := spans.Telemetry("pricing", t.Output())
		db, err := database.Open(t.Context(), config, tel)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.ExecContext(t.Context(), "ANALYZE"); err != nil {
			t.Fatal(err)
		}
		for way, indexed := range map[string]bool{"used": true, "missed": false} {
			faults, err := fault.Parse(url.Values{"index": {way}})
			if err != nil {
				t.Fatal(err)
			}
			spans.Reset()
			ctx, span := tel.Traces.Tracer("").Start(fault.With(t.Context(), faults), "look up")
			found, err := New(db, nil, nil).Named(ctx, "OAK VASE NO. 90", "", 20)
			span.End()
			if err != nil || len(found) != 1 || found[0].SKU != "sku-90" {
				t.Errorf("index=%s: got %v, %v, want sku-90", way, found, err)
			}
			if plan := plan(t, db, explain, queryOf(spans)); strings.Contains(plan, "products_by_name") != indexed {
				t.Errorf("index=%s: got the plan\n%s", way, plan)
			}
		}
	})
}

// queryOf returns the text of the last query.
func queryOf(spans *spantest.Recorder) string {
	text := ""
	for _, s := range spans.Spans() {
		for _, kv := range s.Attributes {
			if kv.Key == semconv.DBQueryTextKey {
				text = kv.Value.AsString()
			}
		}
	}
	return text
}

// plan returns the database's plan of a query for a name.
func plan(t *testing.T, db *database.DB, explain, query string) string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), explain+query, "OAK VASE NO. 90", "", 20)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for rows.Next() {
		var line string // the last column in both databases
		fields := make([]any, len(columns))
		for i := range fields {
			fields[i] = new(any)
		}
		fields[len(fields)-1] = &line
		if err := rows.Scan(fields...); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}
