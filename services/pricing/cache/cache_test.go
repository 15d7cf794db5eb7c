package cache

import (
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"spanwise/internal/spantest"
)

// What is set is there, in the order asked, and what is not set is not.
func TestCache(t *testing.T) {
	for name, url := range map[string]string{"memory": "", "valkey": os.Getenv("TEST_CACHE_URL")} {
		t.Run(name, func(t *testing.T) {
			if name == "valkey" && url == "" {
				t.Skip("no Valkey at hand: set TEST_CACHE_URL=redis://host:6379")
			}
			spans := spantest.New()
			c, err := Open(url, spans.Telemetry("pricing", t.Output()))
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			ctx := t.Context()
			if err := c.Set(ctx, map[string]string{"test:a": "1 19", "test:b": "2 7"}, time.Minute); err != nil {
				t.Fatal(err)
			}
			got, err := c.Get(ctx, []string{"test:b", "test:never", "test:a"})
			if diff := cmp.Diff([]string{"2 7", "", "1 19"}, got); err != nil || diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
			if name == "valkey" && !strings.Contains(spans.Tree(), " client mget") {
				t.Errorf("got\n%swant a span of the command", spans.Tree())
			}
		})
	}
}

// What is in memory is gone after its time.
func TestMemoryForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, err := newMemory()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Set(t.Context(), map[string]string{"a": "1", "b": strings.Repeat("1", large+1)}, time.Second); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second - 1)
		if got, _ := c.Get(t.Context(), []string{"a", "b"}); got[0] != "1" || len(got[1]) != large+1 {
			t.Errorf("got %.80q just before the end, want both", got)
		}
		time.Sleep(time.Nanosecond)
		if got, _ := c.Get(t.Context(), []string{"a", "b"}); got[0]+got[1] != "" {
			t.Errorf("got %.80q at the end, want nothing", got)
		}
	})
}

// An address that cannot be one is refused with the name of its setting; a server that is away is an error, soon.
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
		t.Error("got no error from nobody")
	}
}
