package play_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"spanwise/doctor/read"
	"spanwise/lab/jaeger"
	"spanwise/lab/play"
)

// An error about a trace names it once, and what is left of it without the advice has no command-line flag: a page shows that.
func TestReadErrorNamesTheTraceOnce(t *testing.T) {
	const id = "4bf92f3577b34da6a3ce929d0e0e4736"
	broken := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer broken.Close()
	_, err := play.Read(t.Context(), jaeger.New(broken.URL, http.DefaultTransport), []string{id})
	if err == nil || strings.Count(err.Error(), id) != 1 {
		t.Fatalf("got error %v, want one that names the trace once", err)
	}
	if fact := read.Fact(err); strings.Contains(fact, "-last") || !strings.Contains(fact, "closed the connection") {
		t.Errorf("got %q for the page", fact)
	}
}
