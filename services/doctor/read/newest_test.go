package read

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"spanwise/doctor/trace"
)

// The newest traces are all that began since a time, even if they did not arrive in that order, and a few pages are enough to find them.
func TestNewestSearch(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	begins := make([]trace.Micros, 300)
	for i := range begins {
		begins[i] = trace.Micros(1000*i + random.IntN(8000))
	}
	store := &store{begins: begins}
	s := search{ask: store.ask, unit: 1, enough: 15}
	hits, since, err := s.newest(t.Context(), time.UnixMicro(0), time.UnixMicro(1_000_000))
	if err != nil || store.asked > 12 {
		t.Fatalf("asked for %d pages, error %v", store.asked, err)
	}
	var want, got []trace.Micros
	for _, at := range begins {
		if at >= since {
			want = append(want, at)
		}
	}
	for _, h := range hits {
		if h.first >= since && !slices.Contains(got, h.first) {
			got = append(got, h.first)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" || len(got) < s.enough || len(got) > 3*pageSize {
		t.Errorf("got %d traces since %d (-want +got):\n%s", len(got), since, diff)
	}
}

// A search by attribute goes to the older API, whose newer sibling ignores attributes in some versions, and to the newer one if that has gone.
func TestNewestByAttribute(t *testing.T) {
	for _, gone := range []bool{false, true} {
		var asked []*url.URL
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked = append(asked, r.URL)
			if gone && !strings.Contains(r.URL.Path, "v3") {
				http.NotFound(w, r)
				return
			}
			fmt.Fprint(w, `{"data":[]}`)
		}))
		client := Jaeger(server.URL, server.Client())
		q := Query{Service: "order", Attrs: map[string]string{"shop.order.id": "50"}, Longer: 50 * time.Millisecond, From: time.UnixMicro(0), To: time.UnixMicro(5)}
		page, err := client.Newest(context.Background(), q, 20)
		server.Close()
		if err != nil || len(page.Traces) != 0 || !page.Since.Equal(q.From) {
			t.Fatalf("gone %v: got %+v, %v", gone, page, err)
		}
		last := asked[len(asked)-1]
		key, longer := "tags", "minDuration"
		if gone {
			key, longer = "query.attributes", "query.durationMin"
		}
		var attrs map[string]string
		if err := json.Unmarshal([]byte(last.Query().Get(key)), &attrs); err != nil || attrs["shop.order.id"] != "50" || last.Query().Get(longer) != "50ms" {
			t.Errorf("gone %v: asked %s", gone, last)
		}
	}
}

// An input that is small when packed is refused by its unpacked size.
func TestWithin(t *testing.T) {
	text := `{"resourceSpans":[]}` + strings.Repeat(" ", 1<<19) + strings.Repeat("{}", 1<<20)
	if _, err := Within(strings.NewReader(text), 1<<20); err == nil || !strings.Contains(err.Error(), "larger than 1 MiB when unpacked") {
		t.Errorf("got %v, want the limit", err)
	}
}
