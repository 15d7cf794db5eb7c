package smoke

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"spanwise/lab/jaeger"
	"spanwise/lab/scenario/scenariotest"
	"spanwise/order/shoptest"
)

// A system that works passes every check, and a log without the trace's id fails one.
func TestCheck(t *testing.T) {
	shop := shoptest.Start(t, nil, true)
	log := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(log, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	traces := jaeger.New(scenariotest.Jaeger(t, shop).URL, http.DefaultTransport)
	system := System{Shop: scenariotest.Client(shop), Traces: traces, Root: filepath.Join("..", "..", ".."), Log: log}
	passed := 0
	err := system.Check(t.Context(), func(name string, err error) {
		switch {
		case strings.Contains(name, "logged"):
			if err == nil || !strings.Contains(err.Error(), "trace_id=") {
				t.Errorf("%s: got %v, want an error that names the missing id", name, err)
			}
		case err != nil:
			t.Errorf("%s: %v", name, err)
		default:
			passed++
		}
	})
	if want := 2*len(goldens) + 9; err != nil || passed != want {
		t.Errorf("got %d checks passed, %v, want %d", passed, err, want)
	}
}
