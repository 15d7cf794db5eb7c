package scale

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"spanwise/lab/jaeger"
)

// A fakeJaeger has a stock of spans, which grows with each look at a trace until all of arrives is there.
type fakeJaeger struct {
	mu      sync.Mutex
	looks   int
	arrives func(look int) stock
}

func (f *fakeJaeger) RoundTrip(r *http.Request) (*http.Response, error) {
	f.mu.Lock()
	f.looks++
	has := f.arrives(f.looks)
	f.mu.Unlock()
	w := httptest.NewRecorder()
	id := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	if len(has[id]) == 0 {
		w.WriteHeader(http.StatusNotFound)
		return w.Result(), nil
	}
	var spans []string
	for span, times := range has[id] {
		for range times {
			spans = append(spans, fmt.Sprintf(`{"spanId":%q}`, span))
		}
	}
	fmt.Fprintf(w, `{"result":{"resourceSpans":[{"scopeSpans":[{"spans":[%s]}]}]}}`, strings.Join(spans, ","))
	return w.Result(), nil
}

func settledAlways(context.Context) bool { return true }

// Traces are looked for until the wanted ones are whole; then the others are read as they are.
func TestFindWaits(t *testing.T) {
	wanted, other := traceOf(1, Failed), traceOf(2, Normal)
	fake := &fakeJaeger{arrives: func(look int) stock {
		s := stock{}
		s.put(wanted, min(look, spansEach), 2)
		s.put(other, 3, 1)
		return s
	}}
	synctest.Test(t, func(t *testing.T) {
		found, err := find(t.Context(), jaeger.New("http://jaeger", fake), []Trace{wanted, other}, failedOrSlow, settledAlways)
		if err != nil {
			t.Fatal(err)
		}
		if n, copies := found.of(wanted); n != spansEach || copies != spansEach {
			t.Errorf("got %d spans and %d copies of the wanted trace, want all and as many", n, copies)
		}
		if n, _ := found.of(other); n != 3 {
			t.Errorf("got %d spans of the other trace, want the 3 that are there", n)
		}
	})
}

// What does not arrive is given up when nothing is on its way, and not before.
func TestFindGivesUp(t *testing.T) {
	lost, settled := traceOf(1, Slow), 0
	fake := &fakeJaeger{arrives: func(int) stock { return stock{} }}
	synctest.Test(t, func(t *testing.T) {
		found, err := find(t.Context(), jaeger.New("http://jaeger", fake), []Trace{lost}, failedOrSlow, func(context.Context) bool {
			settled++
			return settled > 100
		})
		if err != nil || found.whole(lost) || settled < 100 {
			t.Errorf("got whole %v, %v after %d looks at what is on its way, want it lost after 100", found.whole(lost), err, settled)
		}
	})
}

// A Jaeger that does not answer is an error, and not a loss.
func TestFindNeedsJaeger(t *testing.T) {
	_, err := find(t.Context(), jaeger.New("http://127.0.0.1:1", http.DefaultTransport), []Trace{traceOf(1, Slow)}, failedOrSlow, settledAlways)
	if err == nil {
		t.Error("got no error")
	}
}

// What stays on its way is an error.
func TestFindUnsettled(t *testing.T) {
	fake := &fakeJaeger{arrives: func(int) stock { return stock{} }}
	synctest.Test(t, func(t *testing.T) {
		never := func(context.Context) bool { return false }
		_, err := find(t.Context(), jaeger.New("http://jaeger", fake), []Trace{traceOf(1, Slow)}, failedOrSlow, never)
		if err == nil || !strings.Contains(err.Error(), "still on their way") {
			t.Errorf("got %v, want that spans are still on their way", err)
		}
	})
}
