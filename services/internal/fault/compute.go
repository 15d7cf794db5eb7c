package fault

import (
	"context"
	"crypto/sha256"
	"runtime"

	"go.opentelemetry.io/otel/trace"
)

// compute computes as much as the request of ctx asked for at a service, in a span if it asked for one.
func compute(ctx context.Context, service string) {
	cpu, _ := busy.at(ctx, service)
	if cpu == 0 {
		return
	}
	if Spans.Of(ctx) == "all" {
		tracer := trace.SpanFromContext(ctx).TracerProvider().Tracer("spanwise/" + service) // the work is that of the service
		_, span := tracer.Start(ctx, "compute")
		defer span.End()
	}
	burn(ctx, cpu)
}

// starve keeps all CPUs of the process busy until stop is called. Four goroutines per CPU take turns of 10 ms, so that a
// goroutine that becomes runnable after a wait runs some tens of milliseconds later.
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

// hash is about 10 µs of real work.
func hash() {
	var block [4096]byte
	sum := sha256.Sum256(block[:])
	runtime.KeepAlive(sum)
}
