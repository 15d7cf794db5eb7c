package load

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"spanwise/internal/memnet"
)

// serve serves a handler as http://shop in a network of its own, and returns the way there.
func serve(t *testing.T, handler http.HandlerFunc) http.RoundTripper {
	t.Helper()
	network := memnet.New()
	server := &http.Server{Handler: handler, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	listener := network.Listen("shop")
	go func() { _ = server.Serve(listener) }()
	transport := network.Transport()
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		_ = server.Close()
	})
	return transport
}

// run executes a plan against a handler in virtual time.
func run(t *testing.T, plan Plan, handler http.HandlerFunc) (report Report, answers []Answer) {
	t.Helper()
	plan.Transport = serve(t, handler)
	if plan.Mix == nil {
		plan.Mix = Get("http://shop/orders/1")
	}
	report, err := Run(t.Context(), plan, func(a Answer) { answers = append(answers, a) })
	if err != nil {
		t.Fatal(err)
	}
	return report, answers
}

// Requests are sent when they are due, even if none has been answered.
func TestSlowAnswersDoNotSlowTheLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var (
			mu    sync.Mutex
			came  []time.Duration
			began = time.Now()
		)
		report, _ := run(t, Plan{Rate: 100, Length: 2 * time.Second}, func(http.ResponseWriter, *http.Request) {
			mu.Lock()
			came = append(came, time.Since(began))
			mu.Unlock()
			time.Sleep(500 * time.Millisecond)
		})
		if report.Planned != 200 || report.Sent != 200 || report.Accepted != 200 || report.Late != 0 || report.NotSent != 0 {
			t.Errorf("got %+v, want 200 requests planned, sent in time and accepted", report)
		}
		for n, at := range came {
			if want := time.Duration(n) * 10 * time.Millisecond; at != want {
				t.Fatalf("request %d came after %v, want %v", n, at, want)
			}
		}
		if got := report.Quantile(0.5).Round(time.Millisecond); got != 500*time.Millisecond {
			t.Errorf("got a median of %v, want 500ms", got)
		}
		if report.Asked != 100 || report.Goodput < 75 || report.Goodput > 76 { // the answers of the last half second come later
			t.Errorf("got %g requests/s, %g of them accepted, want 100, and 75 while requests are sent", report.Asked, report.Goodput)
		}
	})
}

// A wait counts from the moment the request was due, and so includes the time during which the load generator could not send it;
// the latency does not.
func TestWaitCountsFromThePlannedStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// A request every 100 ms, and one at a time of 150 ms: each is sent 50 ms later than the one before.
		report, answers := run(t, Plan{Rate: 10, Length: time.Second, InFlight: 1}, func(http.ResponseWriter, *http.Request) {
			time.Sleep(150 * time.Millisecond)
		})
		for n, a := range answers {
			if want := time.Duration(150+50*n) * time.Millisecond; a.Latency != 150*time.Millisecond || a.Wait != want {
				t.Errorf("request %d took %v and was waited for for %v, want 150ms and %v", n, a.Latency, a.Wait, want)
			}
		}
		if report.Accepted != 10 || report.Late != 7 { // those that were sent 150 ms late and more
			t.Errorf("got %d accepted and %d late, want 10 and 7", report.Accepted, report.Late)
		}
	})
}

// If too many requests are unanswered, those that cannot be sent within a second are left out, and counted.
func TestNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		report, _ := run(t, Plan{Rate: 10, Length: 6 * time.Second, InFlight: 2}, func(http.ResponseWriter, *http.Request) {
			time.Sleep(2 * time.Second)
		})
		if report.Planned != 60 || report.Sent+report.NotSent != 60 || report.Sent > 10 || report.Sent < 6 {
			t.Errorf("got %d planned, %d sent and %d not sent, want 60, 6 to 10 and the rest", report.Planned, report.Sent, report.NotSent)
		}
		if got := report.Wait.Max; got > 3100*time.Millisecond {
			t.Errorf("the longest wait is %v: more than 2 s for the answer, and one that it was late", got)
		}
	})
}

// A load that is stopped sends no more requests and waits for the outstanding answers, even if the next request is due much later.
func TestStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := serve(t, func(http.ResponseWriter, *http.Request) { time.Sleep(time.Second) })
		began := time.Now()
		l, err := Start(t.Context(), Plan{Mix: Get("http://shop/"), Rate: 0.01, From: 19.99, Ramp: 2 * time.Second, Transport: transport}, nil)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(1900 * time.Millisecond)
		if n := l.InFlight(); n == 0 {
			t.Error("got no requests in flight, want those of the last second")
		}
		report := l.Stop()
		if took := time.Since(began); took < 1900*time.Millisecond || took > 3*time.Second {
			t.Errorf("stopped after %v, want the load's 1.9 s and at most a second for the answers", took)
		}
		if report.Sent < 15 || report.Accepted != report.Sent || l.InFlight() != 0 {
			t.Errorf("got %d sent, %d accepted and %d in flight, want 15 or more, all and 0", report.Sent, report.Accepted, l.InFlight())
		}
	})
}

// A load that is abandoned does not wait for its answers, whether they have begun or not; those that came are in its report.
func TestAbandon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n atomic.Int64
		transport := serve(t, func(w http.ResponseWriter, r *http.Request) {
			switch n.Add(1) {
			case 1, 2:
				return
			case 3:
				w.Header().Set("Content-Length", "100")
				_ = http.NewResponseController(w).Flush()
			}
			<-r.Context().Done()
		})
		began := time.Now()
		l, err := Start(t.Context(), Plan{Mix: Get("http://shop/"), Rate: 10, Timeout: time.Hour, Transport: transport}, nil)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(950 * time.Millisecond)
		l.Abandon()
		report := l.Wait()
		if took := time.Since(began); took != 950*time.Millisecond {
			t.Errorf("ended after %v, want 950ms", took)
		}
		if report.Planned != 10 || report.Accepted != 2 || report.Failed(Abandoned) != 8 {
			t.Errorf("got %+v, want 10 requests, 2 of them accepted and 8 abandoned", report)
		}
	})
}

// Failures are counted by kind; the answers that were accepted have their trace.
func TestKinds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n atomic.Int64
		report, answers := run(t, Plan{Rate: 10, Length: time.Second, Timeout: time.Second}, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Traceresponse", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
			switch n.Add(1) {
			case 1, 2, 3:
				w.Header().Set("Retry-After", "1")
				w.WriteHeader(http.StatusServiceUnavailable)
			case 4:
				<-r.Context().Done()
			case 5: // breaks off
				w.Header().Set("Content-Length", "100")
				_, _ = io.WriteString(w, "{")
				_ = http.NewResponseController(w).Flush()
				panic(http.ErrAbortHandler)
			case 6: // breaks off before it begins
				panic(http.ErrAbortHandler)
			case 7:
				w.Header().Set("Location", "http://elsewhere/")
				w.WriteHeader(http.StatusFound)
			}
		})
		want := map[string]int{"status 503": 3, TimedOut: 1, CutOff: 2, "status 302": 1}
		for kind, count := range want {
			if got := report.Failed(kind); got != count {
				t.Errorf("got %d of %q, want %d", got, kind, count)
			}
		}
		if report.Accepted != 3 || len(report.Failures) != len(want) || report.Failures[0].Kind != "status 503" {
			t.Errorf("got %d accepted and failures %+v, want 3 and %v", report.Accepted, report.Failures, want)
		}
		for _, a := range answers {
			if a.Status == 503 && (a.Header.Get("Retry-After") != "1" || a.Err == nil) {
				t.Errorf("got %+v, want the Retry-After of the answer and an error", a)
			}
			if a.Kind == "" && (a.TraceID != "0af7651916cd43dd8448eb211c80319c" || !a.Sampled) {
				t.Errorf("got trace %q (sampled: %v) of an accepted answer", a.TraceID, a.Sampled)
			}
		}
	})
}

// The report says why the first request of a kind failed, as far as the answer does.
func TestReason(t *testing.T) {
	problem := `{"title":"Bad Request","detail":"there is no parameter fecth (did you mean fetch?)"}`
	for name, test := range map[string]struct {
		kind, encoding, body, want string
	}{
		"a problem":         {"application/problem+json", "", problem, ": there is no parameter fecth (did you mean fetch?)"},
		"a zipped problem":  {"application/problem+json", "gzip", problem, ": there is no parameter fecth (did you mean fetch?)"},
		"no detail":         {"application/problem+json", "", `{"status":400}`, ""},
		"a long problem":    {"application/problem+json", "", strings.Repeat(" ", 10_000) + problem, ""},
		"a text":            {"text/plain; charset=utf-8", "", "no such order\nask again\n", ": no such order"},
		"a page of a proxy": {"text/html", "", "<html>\n<title>400</title>", ""},
		"nothing":           {"", "", "", ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			report, _ := run(t, Plan{Rate: 2, Length: time.Second}, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", test.kind)
				body := io.WriteCloser(nopCloser{w})
				if test.encoding != "" {
					w.Header().Set("Content-Encoding", test.encoding)
					body = gzip.NewWriter(w)
				}
				w.WriteHeader(http.StatusBadRequest)
				_, _ = io.WriteString(body, test.body)
				_ = body.Close()
			})
			want := []Failure{{Kind: "status 400", Count: 2, First: "GET http://shop/orders/1 answered 400 Bad Request" + test.want}}
			if diff := cmp.Diff(want, report.Failures); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		})
	}
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

// A service that does not listen is told apart from one that breaks off.
func TestUnconnected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plan := Plan{Mix: Get("http://shop/"), Rate: 10, Length: time.Second, Transport: memnet.New().Transport()}
		report, err := Run(t.Context(), plan, nil)
		if err != nil || report.Failed(Unconnected) != 10 || !strings.Contains(report.Failures[0].First, "connection refused") {
			t.Errorf("got %+v and %v, want 10 requests without a connection", report.Failures, err)
		}
	})
}

// A request arrives as its target made it, without the headers by which this package follows it.
func TestRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		keys := 0
		place := func() Request {
			keys++
			return Request{
				Method: "POST", URL: "http://shop/orders", Body: []byte(`{"lines":[]}`),
				Header: http.Header{"Content-Type": {"application/json"}, "Idempotency-Key": {string(rune('a' + keys - 1))}},
			}
		}
		var (
			mu   sync.Mutex
			seen strings.Builder
		)
		run(t, Plan{Mix: Mix{{"place", 1, place}}, Rate: 2, Length: time.Second}, func(_ http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			mu.Lock()
			defer mu.Unlock()
			seen.WriteString(r.Method + " " + r.URL.Path + " " + r.Header.Get("Idempotency-Key") + " " + string(body) + "\n")
			for _, header := range []string{targetHeader, sequence} {
				if r.Header.Get(header) != "" {
					t.Errorf("got the header %s", header)
				}
			}
		})
		if want := "POST /orders a {\"lines\":[]}\nPOST /orders b {\"lines\":[]}\n"; seen.String() != want {
			t.Errorf("got\n%swant\n%s", &seen, want)
		}
	})
}

// A plan that makes no sense is refused before anything is sent.
func TestNonsense(t *testing.T) {
	good := Plan{Mix: Get("http://shop/"), Rate: 1, Length: time.Second}
	for want, change := range map[string]func(*Plan){
		"want at least 0.001":  func(p *Plan) { p.Rate = 0 },
		"a rate of 1e-12":      func(p *Plan) { p.Rate = 1e-12 }, // the second request would be due after 31,700 years
		"and at most 100000":   func(p *Plan) { p.Rate = 1e8 },
		"want 0 or more":       func(p *Plan) { p.From = -1 },
		"want how long":        func(p *Plan) { p.From = 50 },
		"does not fit":         func(p *Plan) { p.Ramp = time.Minute },
		"must not be negative": func(p *Plan) { p.Timeout = -1 },
		"the mix is empty":     func(p *Plan) { p.Mix = nil },
		"a weight of 0":        func(p *Plan) { p.Mix = Mix{{Name: "x"}} },
	} {
		plan := good
		change(&plan)
		if _, err := Run(t.Context(), plan, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error with %q", err, want)
		}
	}
}

// A context that has ended already sends nothing.
func TestEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errors.New("interrupted"))
		report, err := Run(ctx, Plan{Mix: Get("http://shop/"), Rate: 1, Transport: memnet.New().Transport()}, nil)
		if err != nil || report.Planned != 0 || report.Quantile(0.99) != 0 {
			t.Errorf("got %+v and %v, want an empty report", report, err)
		}
	})
}

// JSON has the counts, the percentiles in milliseconds, and lists instead of null.
func TestJSON(t *testing.T) {
	r := NewRecorder()
	text, err := json.Marshal(r.Report())
	if err != nil || !strings.Contains(string(text), `"failures":[],"targets":[]`) {
		t.Errorf("got %s, %v, want empty lists", text, err)
	}
	r.Add(Answer{Target: "a", Wait: 1500 * time.Microsecond, Latency: time.Millisecond})
	r.Add(Answer{Target: "a", Kind: TimedOut, Err: context.DeadlineExceeded})
	text, err = json.Marshal(r.Report())
	for _, want := range []string{
		`"sent":2,"accepted":1`, `"wait_ms":{"p50":1.5,"p90":1.5,"p95":1.5,"p99":1.5,"max":1.5}`, `"latency_ms":{"p50":1,`,
		`"failures":[{"kind":"timeout","count":1,"first":"context deadline exceeded"}]`, `"targets":[{"name":"a","sent":2,"accepted":1,`,
		`"histogram":"HISTF`,
	} {
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("got %s, %v\nwant %s in it", text, err, want)
		}
	}
}
