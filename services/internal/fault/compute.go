package fault

import (
	"context"
	"crypto/sha256"
	"runtime"

	"go.opentelemetry.io/otel/trace"
)

func parseBusy(f *Faults, value string) (err error) {
	f.busy, err = parseTimed(value, services)
	return err
}

// compute does the computing that the request of ctx asked for at a service: in a span, or in the dark.
func compute(ctx context.Context, service string) {
	cpu := from(ctx).busy[service]
	if cpu == 0 {
		return
	}
	if Spans.Of(ctx) == "all" {
		tracer := trace.SpanFromContext(ctx).TracerProvider().Tracer("spanwise/" + service) // the work is the service's own
		_, span := tracer.Start(ctx, "compute")
		defer span.End()
	}
	burn(ctx, cpu)
}

// starve keeps every processor of the process busy until stop is called. Four goroutines a processor take turns of
// 10 ms, so that whoever becomes ready after a wait gets its turn some tens of milliseconds later.
func starve(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	for range 4 * runtime.GOMAXPROCS(0) {
		go func() {
			for ctx.Err() == nil {
				hash()
			}
		}()
	}
	return cancel
}

// hash is a bit of real work, of some 10 µs.
func hash() {
	var block [4096]byte
	sum := sha256.Sum256(block[:])
	runtime.KeepAlive(sum)
}
