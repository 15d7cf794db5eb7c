package main

import (
	"compress/gzip"
	"net/http"
	"os"
	"strings"
)

// fakeJaeger answers as several Jaegers do, each below a path of its own, with the traces of the script's files
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
	mux.HandleFunc("/", page) // what a Jaeger says to an address that it does not know
	mux.HandleFunc("/api/v3/traces", v3)
	mux.HandleFunc("/api/v3/traces/{id}", v3)
	mux.HandleFunc("/old/api/traces", older)
	mux.HandleFunc("/old/api/traces/{id}", older)
	mux.HandleFunc("/both/api/v3/traces", v3)
	mux.HandleFunc("/both/api/v3/traces/{id}", v3)
	mux.HandleFunc("/both/api/traces", older)
	mux.HandleFunc("/both/api/traces/{id}", older)
	late := &lateJaeger{looks: map[string]int{}}
	mux.HandleFunc("/late/api/v3/traces", late.traces)
	mux.HandleFunc("/late/api/v3/traces/{id}", late.trace)
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
	unruly(mux, dir)
	return mux
}

// unruly adds what stands between the doctor and a Jaeger: proxies that ask for a password, lead elsewhere, pack or tear answers.
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
		for range 2 { // the second says the same again
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
