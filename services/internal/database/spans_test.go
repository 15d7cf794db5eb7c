package database

import (
	"context"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"spanwise/internal/database/databasetest"
	"spanwise/internal/spantest"
)

// traced opens a database and returns a function that runs f in a trace and returns the spans of its statements.
func traced(t *testing.T, url string) (*DB, func(f func(context.Context)) tracetest.SpanStubs) {
	t.Helper()
	spans := spantest.New()
	tel := spans.Telemetry("things", t.Output())
	db, err := Open(t.Context(), Config{Service: "things", URL: url, Dir: t.TempDir(), Wait: time.Minute, Migrations: schema}, tel)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db, func(f func(context.Context)) tracetest.SpanStubs {
		spans.Reset()
		ctx, _ := tel.Traces.Tracer("").Start(t.Context(), "work") // never ends, so it is not among them
		f(ctx)
		return spans.Spans()
	}
}

// million begins a query of a million rows: more than are read before a cancellation is noticed.
const million = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT "

// A query that fails while its rows are read has a span that says so: because of a row, or because time is up.
func TestFailedRows(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, newURL func() string) {
		url := newURL()
		db, trace := traced(t, url)
		bad := "CASE WHEN i = 50 THEN abs(-9223372036854775807 - 1) ELSE i END FROM n" // PostgreSQL has no integer overflow in abs
		if url != "" {
			bad = "1 / (50 - i) FROM n"
		}
		for name, query := range map[string]string{"bad row": million + bad, "canceled": million + "i FROM n"} {
			spans := trace(func(ctx context.Context) {
				ctx, cancel := context.WithCancel(ctx)
				defer cancel()
				fields := func(i *int64) []any {
					if name == "canceled" {
						cancel()
					}
					return []any{i}
				}
				if rows, err := Query(ctx, db, fields, query); err == nil {
					t.Errorf("%s: got %d rows, want an error", name, len(rows))
				}
			})
			if len(spans) != 1 || spans[0].Status.Code != codes.Error || spans[0].Status.Description == "" {
				t.Errorf("%s: got the spans %v, want one that failed, with the reason", name, spans)
			}
		}
	})
}

// A statement that waits for a lock gives up when the time of its request is over.
func TestLockWaitEndsWithTheRequest(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, newURL func() string) {
		db, trace := traced(t, newURL())
		holder, err := db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer holder.Rollback()
		if _, err := holder.ExecContext(t.Context(), "UPDATE things SET name = 'uno' WHERE id = 1"); err != nil {
			t.Fatal(err)
		}
		spans := trace(func(ctx context.Context) {
			ctx, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
			defer cancel()
			began := time.Now()
			_, err := Exec(ctx, db, "UPDATE things SET name = 'one' WHERE id = 1")
			if took := time.Since(began); err == nil || took > 4*time.Second { // SQLite's busy timeout is 5 s
				t.Errorf("got %v after %v, want an error after 100 ms", err, took)
			}
		})
		if len(spans) != 1 || spans[0].Status.Code != codes.Error {
			t.Errorf("got the spans %v, want one that failed", spans)
		}
	})
}

// A span names the system under the current name and the two that Jaeger's pages read, and shows parameters unless they are hidden.
func TestStatementAttributes(t *testing.T) {
	db, trace := traced(t, "")
	for hidden, want := range map[bool]string{
		false: "db.query.parameter.0=two db.system.name=sqlite db.system=sqlite peer.service=sqlite",
		true:  "db.system.name=sqlite db.system=sqlite peer.service=sqlite",
	} {
		spans := trace(func(ctx context.Context) {
			if hidden {
				ctx = HideParameters(ctx)
			}
			if _, err := Exec(ctx, db, "DELETE FROM things WHERE name = $1", "two"); err != nil {
				t.Error(err)
			}
		})
		set := attribute.NewSet(spans[0].Attributes...)
		var got []string
		for _, key := range []attribute.Key{"db.query.parameter.0", "db.system.name", "db.system", "peer.service"} {
			if v, ok := set.Value(key); ok {
				got = append(got, string(key)+"="+v.AsString())
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("hidden %v: got %s, want %s", hidden, strings.Join(got, " "), want)
		}
	}
}
