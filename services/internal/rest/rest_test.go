package rest_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-chi/chi/v5"

	"spanwise/internal/memnet"
	"spanwise/internal/problem"
	"spanwise/internal/rest"
	"spanwise/internal/spantest"
)

type thing struct {
	Name string `json:"name"`
}

// start serves routes under http://things until the test ends, and returns a client of them.
func start(t *testing.T, routes func(chi.Router)) (*rest.Client, *spantest.Recorder) {
	net, spans := memnet.New(), spantest.New()
	ready := func(context.Context) error { return errors.New("not yet") }
	server := &http.Server{Handler: rest.NewRouter(spans.Telemetry("things", io.Discard), ready, routes)}
	ln := net.Listen("things")
	go server.Serve(ln)
	transport := net.Transport()
	t.Cleanup(func() { server.Close(); transport.CloseIdleConnections() })
	return rest.NewClient("things", "http://things/", spans.Telemetry("caller", io.Discard), transport), spans
}

// The error of a call says, in terms of the caller, whose fault it is and when to try again.
func TestClientErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, _ := start(t, func(r chi.Router) {
			fail := func(err error) http.HandlerFunc {
				return rest.Handle(func(http.ResponseWriter, *http.Request) error { return err })
			}
			r.Get("/conflict", fail(problem.New(409, "taken")))
			r.Get("/busy", fail(&problem.Error{Status: 503, Detail: "busy", RetryAfter: 1500 * time.Millisecond}))
			r.Get("/broken", fail(errors.New("secret cause")))
			r.Get("/panic", func(http.ResponseWriter, *http.Request) { panic("secret panic") })
			r.Get("/torn", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
			r.Get("/text", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "hello") })
			r.Get("/gone", fail(problem.New(problem.ClientGone, "the caller went away")))
			r.Get("/slow", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		})
		nobody := rest.NewClient("nobody", "http://nobody", spantest.New().Telemetry("caller", io.Discard), memnet.New().Transport())
		tests := []struct {
			client *rest.Client
			path   string
			status int
			detail string
			retry  time.Duration
		}{
			{client, "/conflict", 409, "taken", 0},
			{client, "/busy", 503, "things answered 503: busy", 2 * time.Second},
			{client, "/broken", 502, "things answered 500: something went wrong", 0},
			{client, "/panic", 502, "things answered 500: something went wrong", 0},
			{client, "/torn", 502, "things broke off its answer", 0},
			{client, "/text", 502, "things broke off its answer", 0},
			{client, "/slow", 504, "things gave no answer within 15s", 0},
			{client, "/gone", 504, "things gave no answer within 15s", 0},
			{client, "/nothing", 404, `no such resource: "/nothing"`, 0},
			{nobody, "/", 503, "nobody cannot be reached", time.Second},
		}
		for _, tt := range tests {
			_, err := rest.Get[thing](t.Context(), tt.client, tt.path, url.Values{"sku": {"sku-1"}})
			p := problem.From(err)
			if p.Status != tt.status || !strings.HasPrefix(p.Detail, tt.detail) || p.RetryAfter != tt.retry {
				t.Errorf("%s: got %d %q retry after %v, want %d %q %v", tt.path, p.Status, p.Detail, p.RetryAfter, tt.status, tt.detail, tt.retry)
			}
			if strings.Contains(p.Detail, "secret") {
				t.Errorf("%s: a cause reached the caller: %s", tt.path, p.Detail)
			}
			if strings.Contains(err.Error(), "sku-1") {
				t.Errorf("%s: got an error that contains the query: %v", tt.path, err)
			}
		}
	})
}

// A refusal says if an earlier copy of the call may still be under way: after a retry, or after nginx has asked two instances.
func TestRefusedAfterRetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, _ := start(t, func(r chi.Router) {
			r.Get("/{attempts}", rest.Handle(func(w http.ResponseWriter, r *http.Request) error {
				w.Header().Set("Upstream-Status", r.PathValue("attempts"))
				return problem.New(409, "taken")
			}))
		})
		for attempts, want := range map[string]bool{"409": false, "504, 409": true} {
			_, err := rest.Get[thing](t.Context(), client, "/{attempts}", nil, attempts)
			if got := problem.From(err); got.Status != 409 || got.Resent != want {
				t.Errorf("%s: got %+v, want a refusal with Resent %v", attempts, got, want)
			}
		}
	})
}

// A value with every awkward character arrives as it was, and both spans are named by the route.
func TestCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, spans := start(t, func(r chi.Router) {
			r.Get("/things/{name}", rest.Handle(func(w http.ResponseWriter, r *http.Request) error {
				return rest.Answer(w, 200, thing{r.PathValue("name") + "|" + r.URL.Query().Get("q")})
			}))
			r.Post("/things/{name}", rest.Handle(func(w http.ResponseWriter, r *http.Request) error {
				body, err := rest.Decode[thing](w, r)
				if err != nil {
					return err
				}
				return rest.Answer(w, 201, thing{r.PathValue("name") + "|" + body.Name})
			}))
			r.Delete("/things/{name}", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) })
		})
		const name = "a b?ü{}"
		got, err := rest.Get[thing](t.Context(), client, "/things/{name}", url.Values{"q": {"<&>"}}, name)
		if want := name + "|<&>"; err != nil || got.Name != want {
			t.Errorf("got %q, %v, want %q", got.Name, err, want)
		}
		got, err = rest.Post[thing](t.Context(), client, "/things/{name}", thing{"c"}, name)
		if want := name + "|c"; err != nil || got.Name != want {
			t.Errorf("got %q, %v, want %q", got.Name, err, want)
		}
		if err := rest.Delete(t.Context(), client, "/things/{name}", name); err != nil {
			t.Errorf("got %v, want no error", err)
		}
		synctest.Wait()
		var want strings.Builder
		for _, call := range []string{"DELETE /things/{name} status_code=204", "GET /things/{name} status_code=200", "POST /things/{name} status_code=201"} {
			want.WriteString("0s+0s caller client " + call + "\n  0s+0s things server " + call + "\n")
		}
		if tree := spans.Tree(); tree != want.String() {
			t.Errorf("got\n%swant\n%s", tree, want.String())
		}
	})
}

// Every answer names its trace; health probes are not traced, and readiness reports what is missing.
func TestAnswersNameTheirTrace(t *testing.T) {
	spans := spantest.New()
	h := rest.NewRouter(spans.Telemetry("things", io.Discard), func(context.Context) error { return errors.New("not yet") }, func(r chi.Router) {
		r.Get("/ok", func(http.ResponseWriter, *http.Request) {})
	})
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		return w
	}
	for path, want := range map[string]int{"/livez": 204, "/readyz": 503} {
		if w := get(path); w.Code != want || w.Header().Get("Traceresponse") != "" {
			t.Errorf("%s: got %d with trace %q, want %d without", path, w.Code, w.Header().Get("Traceresponse"), want)
		}
	}
	for path, want := range map[string]int{"/ok": 200, "/missing": 404} {
		spans.Reset()
		w := get(path)
		if len(spans.Spans()) != 1 {
			t.Fatalf("%s: got %d spans, want 1", path, len(spans.Spans()))
		}
		sc := spans.Spans()[0].SpanContext
		if got, want := w.Header().Get("Traceresponse"), "00-"+sc.TraceID().String()+"-"+sc.SpanID().String()+"-01"; got != want {
			t.Errorf("%s: got traceresponse %s, want %s", path, got, want)
		}
		if w.Code != want {
			t.Errorf("%s: got %d, want %d", path, w.Code, want)
		}
	}
}

// A request that failed is a line in the log; any other that is not a health probe is a detail.
func TestRequestsAreLogged(t *testing.T) {
	var log strings.Builder
	tel := spantest.New().Telemetry("things", &log)
	tel.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	h := rest.NewRouter(tel, func(context.Context) error { return nil }, func(r chi.Router) {
		r.Get("/things/{name}", func(http.ResponseWriter, *http.Request) {})
		r.Get("/failed", rest.Handle(func(http.ResponseWriter, *http.Request) error { return errors.New("no") }))
		r.Get("/aborted", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	})
	for path, want := range map[string]string{
		"/livez":    "",
		"/readyz":   "",
		"/things/a": "level=DEBUG msg=request method=GET route=/things/{name} status=200 duration=",
		"/missing":  "level=DEBUG msg=request method=GET route=/missing status=404 duration=",
		"/failed":   "level=INFO msg=request method=GET route=/failed status=500 duration=",
		"/aborted":  "level=INFO msg=request method=GET route=/aborted status=0 duration=",
	} {
		log.Reset()
		func() {
			defer func() { recover() }()
			h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
		}()
		if got := log.String(); strings.Count(got, " msg=request ") != min(1, len(want)) || !strings.Contains(got, want) {
			t.Errorf("%s: got the log %q, want a line with %q", path, got, want)
		}
	}
}

// A request that was slow is a line in the log.
func TestSlowRequestsAreLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		h := rest.NewRouter(spantest.New().Telemetry("things", &log), func(context.Context) error { return nil }, func(r chi.Router) {
			r.Get("/slow", func(http.ResponseWriter, *http.Request) { time.Sleep(time.Second) })
		})
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/slow", nil))
		if want := "level=INFO msg=request method=GET route=/slow status=200 duration=1s"; !strings.Contains(log.String(), want) {
			t.Errorf("got the log %q, want a line with %q", log.String(), want)
		}
	})
}

// A request that is refused leaves a line with the reason, below the level of a failure.
func TestRefusalsAreLogged(t *testing.T) {
	var log strings.Builder
	h := rest.NewRouter(spantest.New().Telemetry("things", &log), func(context.Context) error { return nil }, func(r chi.Router) {
		r.Get("/invalid", rest.Handle(func(http.ResponseWriter, *http.Request) error { return problem.Invalid("the weight is negative") }))
	})
	for path, want := range map[string]string{
		"/invalid": `level=INFO msg="request refused" method=GET path=/invalid status=400 error="the weight is negative"`,
		"/missing": `level=INFO msg="request refused" method=GET path=/missing status=404 error="no such resource: \"/missing\""`,
	} {
		log.Reset()
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
		if !strings.Contains(log.String(), want) {
			t.Errorf("%s: got the log %q, want a line with %q", path, log.String(), want)
		}
	}
}

// A server that stops answers the requests in progress and accepts no new ones.
func TestServeDrains(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net, tel := memnet.New(), spantest.New().Telemetry("things", io.Discard)
		ctx, stop := context.WithCancel(t.Context())
		begun := make(chan struct{})
		h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			close(begun)
			time.Sleep(10 * time.Second)
			io.WriteString(w, "done")
		})
		ln, served := net.Listen("things"), make(chan error)
		go func() { served <- rest.Serve(ctx, ln, h, rest.Closing{}, tel.Log) }()
		transport := net.Transport()
		defer transport.CloseIdleConnections()
		answered := make(chan string)
		go func() {
			resp, err := (&http.Client{Transport: transport}).Get("http://things/")
			if err != nil {
				answered <- err.Error()
				return
			}
			defer resp.Body.Close()
			body, _ := io.ReadAll(resp.Body)
			answered <- string(body)
		}()
		<-begun
		stop()
		if got := <-answered; got != "done" {
			t.Errorf("the request in progress got %q, want its answer", got)
		}
		if err := <-served; err != nil {
			t.Errorf("got %v, want a clean end", err)
		}
	})
}

// Decoding any body ends in a value or in a problem with a status of 400 to 415.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		`{"name":"a"}`, ``, `{`, `[]`, `null`, `{"name":1}`, `{"name":"a"}{}`, `{"other":1}`, "\xff", `{"name":"\ud800"}`,
		strings.Repeat("[", 10_001), `{"name":` + strings.Repeat(" ", 100), `1e999`,
	} {
		f.Add(s, "application/json")
	}
	f.Add(`{}`, "text/html; charset=utf-8")
	f.Add(`{}`, "application/json; =")
	f.Fuzz(func(t *testing.T, body, kind string) {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Header["Content-Type"] = []string{kind}
		w := httptest.NewRecorder()
		v, err := rest.Decode[thing](w, r)
		if err == nil {
			if _, err := json.Marshal(v); err != nil {
				t.Errorf("%q: decoded to a value that cannot be encoded: %v", body, err)
			}
			return
		}
		if p := problem.From(err); p.Status < 400 || p.Status > 415 || p.Detail == "" {
			t.Errorf("%q: got %d %q", body, p.Status, p.Detail)
		}
	})
}
