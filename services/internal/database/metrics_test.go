package database

import (
	"context"
	"slices"
	"testing"
	"time"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"spanwise/internal/spantest"
)

// The metric of the database counts each operation under its name, and failures apart from the rest.
func TestMeasurements(t *testing.T) {
	reader := sdkmetric.NewManualReader()
	tel := spantest.New().Telemetry("things", t.Output())
	tel.Metrics = sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader))
	db, err := Open(t.Context(), Config{Service: "things", Dir: t.TempDir(), Wait: time.Minute, Migrations: schema}, tel)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for range 2 {
		if _, err := Exec(t.Context(), db, "DELETE FROM things WHERE id = $1", 9); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Exec(t.Context(), db, "DELETE FROM nothing"); err == nil {
		t.Fatal("got no error for a table that does not exist")
	}
	if err := Tx(t.Context(), db, func(Querier) error { return nil }); err != nil {
		t.Fatal(err)
	}
	counts := count(t, reader)
	for name, want := range map[string]uint64{"DELETE": 2, "DELETE failed": 1, "BEGIN": 1, "COMMIT": 1, "ROLLBACK": 0} {
		if counts[name] != want {
			t.Errorf("%s: got %d, want %d", name, counts[name], want)
		}
	}
}

// count returns how often each operation was measured.
func count(t *testing.T, reader *sdkmetric.ManualReader) map[string]uint64 {
	t.Helper()
	var rm metricdata.ResourceMetrics
	if err := reader.Collect(context.Background(), &rm); err != nil {
		t.Fatal(err)
	}
	counts := make(map[string]uint64)
	for _, scope := range rm.ScopeMetrics {
		i := slices.IndexFunc(scope.Metrics, func(m metricdata.Metrics) bool { return m.Name == "db.client.operation.duration" })
		if i < 0 {
			continue
		}
		for _, point := range scope.Metrics[i].Data.(metricdata.Histogram[float64]).DataPoints {
			verb, _ := point.Attributes.Value(semconv.DBOperationNameKey)
			name := verb.AsString()
			if _, failed := point.Attributes.Value(semconv.ErrorTypeKey); failed {
				name += " failed"
			}
			counts[name] += point.Count
		}
	}
	return counts
}
