package cache

import (
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"spanwise/internal/spantest"
)

// Get returns the values that were set, in the order of the keys, and nil for the others.
func TestCache(t *testing.T) {
	for name, url := range map[string]string{"memory": "", "valkey": os.Getenv("TEST_CACHE_URL")} {
		t.Run(name, func(t *testing.T) {
			if name == "valkey" && url == "" {
				t.Skip("no Valkey: set TEST_CACHE_URL=redis://host:6379")
			}
			spans := spantest.New()
			c, err := Open(url, spans.Telemetry("pricing", t.Output()))
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			ctx := t.Context()
			if err := c.Set(ctx, map[string][]byte{"test:a": []byte("1 19"), "test:b": []byte("2 7")}, time.Minute); err != nil {
				t.Fatal(err)
			}
			got, err := c.Get(ctx, []string{"test:b", "test:never", "test:a"})
			if diff := cmp.Diff([][]byte{[]byte("2 7"), nil, []byte("1 19")}, got); err != nil || diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
			if !strings.Contains(spans.Tree(), " client mget") {
				t.Errorf("got\n%swant a span of the command", spans.Tree())
			}
			for _, s := range spans.Spans() {
				set := attribute.NewSet(s.Attributes...)
				peer, _ := set.Value("peer.service")
				if current, _ := set.Value(semconv.DBSystemNameKey); s.SpanKind == trace.SpanKindClient && (peer.AsString() == "" || peer != current) {
					t.Errorf("%s: got the callee %q and the system %q, want the same name", s.Name, peer.AsString(), current.AsString())
				}
			}
		})
	}
}

// A value in memory is gone when its time is over, whether a client asks for it or not.
func TestMemoryForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(noop.NewTracerProvider(), memorySize)
		if err := m.Set(t.Context(), map[string][]byte{"a": []byte("1"), "b": []byte("2")}, time.Second); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		if got, _ := m.Get(t.Context(), []string{"a", "b"}); string(got[0]) != "1" || string(got[1]) != "2" {
			t.Errorf("got %q just before the end, want both", got)
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if got, _ := m.Get(t.Context(), []string{"a", "b"}); got[0] != nil || got[1] != nil || m.entries.Len() != 0 {
			t.Errorf("got %q and %d kept after the end, want nothing", got, m.entries.Len())
		}
	})
}

// A memory that is full keeps the values that were used last; a value that cannot fit is refused and evicts nothing.
func TestMemoryIsBounded(t *testing.T) {
	half := make([]byte, 1<<20/2-2*perEntry)
	m := newMemory(noop.NewTracerProvider(), 1<<20)
	set := func(key string, value []byte) error {
		return m.Set(t.Context(), map[string][]byte{key: value}, time.Minute)
	}
	for _, key := range []string{"a", "b", "c"} {
		if err := set(key, half); err != nil {
			t.Fatal(err)
		}
		if got, _ := m.Get(t.Context(), []string{"a"}); got[0] == nil {
			t.Errorf("got no a after %s, want it kept, since it was used last", key)
		}
	}
	if err := set("d", make([]byte, 1<<20)); err == nil {
		t.Error("got no error for a value as large as the cache")
	}
	if got, _ := m.Get(t.Context(), []string{"a", "b", "c"}); got[0] == nil || got[1] != nil || got[2] == nil {
		t.Errorf("got a: %v, b: %v, c: %v, want a and c", got[0] != nil, got[1] != nil, got[2] != nil)
	}
}

// The error of a malformed address names its setting; a server that is down is an error soon.
func TestNoServer(t *testing.T) {
	tel := spantest.New().Telemetry("pricing", t.Output())
	if _, err := Open("localhost:6379", tel); err == nil || !strings.Contains(err.Error(), "CACHE_URL") {
		t.Errorf("got %v, want an error that names CACHE_URL", err)
	}
	c, err := Open("redis://127.0.0.1:1", tel)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Get(t.Context(), []string{"a"}); err == nil {
		t.Error("got no error without a server")
	}
}
