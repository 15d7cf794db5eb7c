package telemetry

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/contrib/bridges/otelslog"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploggrpc"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	"go.opentelemetry.io/otel/sdk/resource"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Log records are on standard error too, so fewer of them are queued than of spans, and for a shorter time. Both are
// enough for a restart of the collector.
const (
	logTimeout   = time.Minute // for one batch, including all retries
	logQueueSize = 2048        // records; the SDK allocates them all at the start, 640 bytes each
)

// startLogs returns a provider that sends log records to the collector, and the count of what became of them.
func startLogs(ctx context.Context, res *resource.Resource) (*sdklog.LoggerProvider, *recordCount, error) {
	opts := []otlploggrpc.Option{
		otlploggrpc.WithTimeout(logTimeout),
		otlploggrpc.WithRetry(otlploggrpc.RetryConfig{
			Enabled: true, InitialInterval: 200 * time.Millisecond, MaxInterval: 2 * time.Second,
			MaxElapsedTime: 0, // no limit but logTimeout
		}),
		otlploggrpc.WithDialOption(dialOptions()...),
	}
	if useDefaultEndpoint("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT") {
		opts = append(opts, otlploggrpc.WithInsecure())
	}
	exporter, err := otlploggrpc.New(ctx, opts...)
	if err != nil {
		return nil, nil, err
	}
	provider, count := newLoggerProvider(exporter, res)
	return provider, count, nil
}

func newLoggerProvider(exporter sdklog.Exporter, res *resource.Resource) (*sdklog.LoggerProvider, *recordCount) {
	count := new(recordCount)
	return sdklog.NewLoggerProvider(
		sdklog.WithResource(res),
		sdklog.WithProcessor(repairAndCount{count}), // first, because the next one may drop records
		sdklog.WithProcessor(sdklog.NewBatchProcessor(&countExported{Exporter: exporter, recordCount: count},
			sdklog.WithExportInterval(batchDelay),
			sdklog.WithExportTimeout(logTimeout),
			sdklog.WithMaxQueueSize(logQueueSize)))), count
}

// A recordCount compares the log records that were made with those that the collector accepted. The SDK itself drops
// records silently.
type recordCount struct{ made, delivered atomic.Int64 }

// err reports how many of the records that were made so far were lost; it returns nil if none were.
func (c *recordCount) err(shutdown error) error {
	lost := c.made.Load() - c.delivered.Load()
	if lost == 0 {
		return nil
	}
	reason := cmp.Or(shutdown, errors.New("the queue was full, or the collector was away for more than a minute"))
	return fmt.Errorf("%d log records are only on standard error, the collector did not accept them: %w", lost, reason)
}

// repairAndCount is a processor that counts records and repairs text that is not valid UTF-8, of which a single byte would
// cost the whole batch.
type repairAndCount struct{ *recordCount }

func (c repairAndCount) OnEmit(_ context.Context, r *sdklog.Record) error {
	c.made.Add(1)
	attributes := make([]attribute.KeyValue, 0, r.AttributesLen())
	r.WalkAttributes(func(kv attribute.KeyValue) bool {
		attributes = append(attributes, kv)
		return true
	})
	r.SetAttributes(validAttributes(attributes)...)
	if body := r.Body(); body.Type() == attribute.STRING {
		r.SetBody(attribute.StringValue(valid(body.AsString())))
	}
	return nil
}
func (repairAndCount) Enabled(context.Context, sdklog.EnabledParameters) bool { return true }
func (repairAndCount) Shutdown(context.Context) error                         { return nil }
func (repairAndCount) ForceFlush(context.Context) error                       { return nil }

// countExported is an exporter that counts the records the inner one delivers. It gives up on a collector that takes no
// logs, after reporting that once.
type countExported struct {
	sdklog.Exporter
	*recordCount
	useless atomic.Bool
}

func (c *countExported) Export(ctx context.Context, records []sdklog.Record) error {
	if c.useless.Load() {
		return nil
	}
	err := c.Exporter.Export(ctx, records)
	if err == nil {
		c.delivered.Add(int64(len(records)))
	} else if status.Code(err) == codes.Unimplemented {
		c.useless.Store(true)
	}
	return err
}

// newExportHandler returns a handler that sends records of level INFO and above to the collector, except those that are
// logged with a context of [OnlyLocal].
func newExportHandler(provider *sdklog.LoggerProvider) slog.Handler {
	return exported{otelslog.NewHandler("log/slog", otelslog.WithLoggerProvider(provider))}
}

type localKey struct{}

// OnlyLocal returns a context for records that are to be on standard error only. It is meant for frequent records that say
// nothing that a span does not.
func OnlyLocal(ctx context.Context) context.Context { return context.WithValue(ctx, localKey{}, true) }

type exported struct{ slog.Handler }

func (h exported) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelInfo && ctx.Value(localKey{}) == nil && h.Handler.Enabled(ctx, level)
}

func (h exported) WithAttrs(attrs []slog.Attr) slog.Handler {
	return exported{h.Handler.WithAttrs(attrs)}
}

func (h exported) WithGroup(name string) slog.Handler { return exported{h.Handler.WithGroup(name)} }
