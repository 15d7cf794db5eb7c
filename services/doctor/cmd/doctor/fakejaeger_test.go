package main

import (
	"compress/gzip"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

// fakeJaeger answers like several Jaegers, each under its own path, with the traces in the script's files
// v3.json (OTLP, of trace 1) and older.json (Jaeger JSON, of trace 2).
func fakeJaeger(dir string) http.Handler {
	mux := http.NewServeMux()
	page := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write([]byte("<!DOCTYPE html><title>Jaeger UI</title>"))
	}
	file := func(name, unknown, none string, noneStatus int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			b, err := os.ReadFile(dir + "/" + name)
			known := err == nil && (strings.HasSuffix(r.URL.Path, "/traces") || strings.Contains(string(b), r.PathValue("id")))
			q := r.URL.Query()
			switch {
			case q.Get("query.service_name") == "nobody" || q.Get("service") == "nobody":
				w.WriteHeader(noneStatus)
				w.Write([]byte(none))
			case !known:
				http.Error(w, unknown, http.StatusNotFound)
			default:
				w.Write(b)
			}
		}
	}
	const noTraces = `{"error":{"httpCode":404,"message":"No traces found"}}`
	v3 := file("v3.json", noTraces, noTraces, http.StatusNotFound)
	older := file("older.json", `{"data":null,"errors":[{"code":404,"msg":"trace not found"}]}`, `{"data":[],"total":0,"limit":0,"offset":0,"errors":null}`, http.StatusOK)
	mux.HandleFunc("/", page) // what Jaeger answers at an unknown address
	mux.HandleFunc("/api/v3/traces", v3)
	mux.HandleFunc("/api/v3/traces/{id}", v3)
	mux.HandleFunc("/api/v3/services", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, `{"services":["shop","cellar"]}`) })
	mux.HandleFunc("/old/api/services", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `{"data":["old shop","nobody"],"total":2,"limit":0,"offset":0,"errors":null}`)
	})
	mux.HandleFunc("/old/api/traces", older)
	mux.HandleFunc("/old/api/traces/{id}", older)
	mux.HandleFunc("/both/api/v3/traces", v3)
	mux.HandleFunc("/both/api/v3/traces/{id}", v3)
	mux.HandleFunc("/both/api/traces", older)
	mux.HandleFunc("/both/api/traces/{id}", older)
	late := &lateJaeger{requests: map[string]int{}}
	mux.HandleFunc("/late/api/v3/traces", late.traces)
	mux.HandleFunc("/late/api/v3/traces/{id}", late.trace)
	mux.HandleFunc("/slow/api/v3/traces", late.growing)
	mux.HandleFunc("/slow/api/v3/services", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, `{}`) })
	mux.HandleFunc("/plain/", http.NotFound)
	mux.HandleFunc("/broken/", func(w http.ResponseWriter, r *http.Request) { http.Error(w, "oops", http.StatusInternalServerError) })
	mux.HandleFunc("/sick/", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		w.Write([]byte(`{"error":{"httpCode":500,"message":"search depth must be less than max traces"}}`))
	})
	mux.HandleFunc("/short/", func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte(`{"result":{"resourceSpans":[{"scopeSpans":[{`))
	})
	mux.HandleFunc("/silent/", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("/stalled/", func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte(`{"result":{"resourceSpans":[`))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	strangers(mux)
	unruly(mux, dir)
	crowded(mux)
	fakeTempo(mux)
	return mux
}

// strangers adds servers that have other APIs, and answer in JSON.
func strangers(mux *http.ServeMux) {
	for path, answer := range map[string]struct {
		status int
		text   string
	}{
		"/hello/":   {http.StatusOK, `{"hello":"world"}`},
		"/problem/": {http.StatusNotFound, `{"type":"about:blank","title":"Not Found","status":404,"trace_id":"0af7651916cd43dd8448eb211c80319c"}`},
		"/absent/":  {http.StatusNotFound, `{"detail":"Not Found"}`},
		"/nest/":    {http.StatusNotFound, `{"message":"Cannot GET","error":"Not Found","statusCode":404}`},
		"/ill/":     {http.StatusInternalServerError, `{"code":13,"detail":"oops"}`},
		"/mute/":    {http.StatusInternalServerError, `{}`},
	} {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			w.WriteHeader(answer.status)
			w.Write([]byte(answer.text))
		})
	}
}

// unruly adds proxies in front of a Jaeger: they ask for a password, redirect, compress, or break off responses.
func unruly(mux *http.ServeMux, dir string) {
	v3 := func() []byte {
		b, _ := os.ReadFile(dir + "/v3.json")
		return b
	}
	mux.HandleFunc("/locked/", func(w http.ResponseWriter, r *http.Request) {
		if _, password, _ := r.BasicAuth(); password != "secret" {
			http.Error(w, `{"error":"who are you?"}`, http.StatusUnauthorized)
			return
		}
		w.Write(v3())
	})
	mux.HandleFunc("/login/", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/ui/login", http.StatusFound) })
	mux.HandleFunc("/away/", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://elsewhere.example"+r.URL.Path, http.StatusFound)
	})
	mux.HandleFunc("/moved/", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, strings.TrimPrefix(r.URL.Path, "/moved"), http.StatusMovedPermanently)
	})
	mux.HandleFunc("/zipped/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		z.Write(v3())
		z.Close()
	})
	for spelling, required := range map[string][]string{
		"/snake/": {"query.service_name", "query.start_time_min", "query.start_time_max"},
		"/camel/": {"query.serviceName", "query.startTimeMin", "query.startTimeMax"},
	} {
		mux.HandleFunc(spelling, func(w http.ResponseWriter, r *http.Request) {
			for _, key := range required {
				if r.URL.Query().Get(key) == "" {
					http.Error(w, `{"error":{"httpCode":400,"message":"`+key+` is required"}}`, http.StatusBadRequest)
					return
				}
			}
			w.Write(v3())
		})
	}
	mux.HandleFunc("/stream/", func(w http.ResponseWriter, r *http.Request) {
		for range 2 { // the second is a repetition
			w.Write(v3())
			w.(http.Flusher).Flush()
		}
	})
	mux.HandleFunc("/torn/", func(w http.ResponseWriter, r *http.Request) {
		b := v3()
		w.Write(b[:len(b)/2])
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
}

// A lateJaeger answers like a Jaeger whose traces are still arriving.
type lateJaeger struct {
	mu       sync.Mutex
	requests map[string]int // by trace id
}

// trace answers twice that the trace is unknown, then with the callee's half, then with all of it.
func (j *lateJaeger) trace(w http.ResponseWriter, r *http.Request) {
	j.mu.Lock()
	defer j.mu.Unlock()
	id := r.PathValue("id")
	j.requests[id]++
	switch {
	case j.requests[id] <= 2:
		http.Error(w, `{"error":{"httpCode":404,"message":"No traces found"}}`, http.StatusNotFound)
	case j.requests[id] == 3:
		fmt.Fprintf(w, `{"result":{"resourceSpans":[%s]}}`, j.callee(id))
	default:
		fmt.Fprintf(w, `{"result":{"resourceSpans":[%s,%s]}}`, j.callee(id), j.caller(id))
	}
}

// traces answers with a complete trace, and the callee's half of another.
func (j *lateJaeger) traces(w http.ResponseWriter, r *http.Request) {
	const whole, half = "000000000000000000000000000000c3", "000000000000000000000000000000c4"
	fmt.Fprintf(w, `{"result":{"resourceSpans":[%s,%s,%s]}}`, j.callee(whole), j.caller(whole), j.callee(half))
}

// growing answers with no trace at first, then with the callee's half of one, then with all of it, then also with another.
func (j *lateJaeger) growing(w http.ResponseWriter, r *http.Request) {
	j.mu.Lock()
	defer j.mu.Unlock()
	const first, second = "000000000000000000000000000000c5", "000000000000000000000000000000c6"
	j.requests["growing"]++
	spans := []string{j.callee(first), j.caller(first), j.callee(second), j.caller(second)}
	arrived := []int{0, 1, 2, 4}[min(j.requests["growing"]-1, 3)]
	fmt.Fprintf(w, `{"result":{"resourceSpans":[%s]}}`, strings.Join(spans[:arrived], ","))
}

func (j *lateJaeger) caller(id string) string { return j.span("shop", id, "00000000000000a1", "") }
func (j *lateJaeger) callee(id string) string {
	return j.span("cellar", id, "00000000000000b2", "00000000000000a1")
}

func (j *lateJaeger) span(service, id, span, parent string) string {
	now := time.Now() // the trace must be new, however slowly the test runs
	return fmt.Sprintf(`{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":%q}}]},"scopeSpans":[{"spans":[
{"traceId":%q,"spanId":%q,"parentSpanId":%q,"name":"GET /","kind":"SPAN_KIND_SERVER","startTimeUnixNano":"%d","endTimeUnixNano":"%d"}]}]}`,
		service, id, span, parent, now.UnixNano(), now.Add(time.Millisecond).UnixNano())
}
