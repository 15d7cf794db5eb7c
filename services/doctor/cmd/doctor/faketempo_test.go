package main

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// oneTrace is OTLP JSON of a trace with one span.
func oneTrace(id string, start time.Time) string {
	return fmt.Sprintf(`{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"spans":[
{"traceId":"%032s","spanId":"00000000000000a1","name":"GET /","kind":2,"startTimeUnixNano":"%d","endTimeUnixNano":"%d"}]}]}`,
		id, start.UnixNano(), start.Add(4*time.Millisecond).UnixNano())
}

// fakeTempo adds Tempos that have the traces 1 to 50, which began a minute ago, one per second: as their documentation says, an older one
// without /api/v2, one with several tenants, and one behind Grafana.
func fakeTempo(mux *http.ServeMux) {
	first := time.Now().Add(-time.Minute)
	began := func(n int) time.Time { return first.Add(time.Duration(n) * time.Second) }
	trace := func(format string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			n, err := strconv.ParseUint(r.PathValue("id"), 16, 64)
			if err != nil || n < 1 || n > 50 {
				http.Error(w, "trace not found", http.StatusNotFound)
				return
			}
			fmt.Fprintf(w, format, oneTrace(r.PathValue("id"), began(int(n))))
		}
	}
	search := func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		from, errFrom := strconv.ParseInt(q.Get("start"), 10, 64)
		to, errTo := strconv.ParseInt(q.Get("end"), 10, 64)
		limit, errLimit := strconv.Atoi(q.Get("limit"))
		if errFrom != nil || errTo != nil || errLimit != nil || limit > 20 {
			http.Error(w, "invalid limit or time", http.StatusBadRequest)
			return
		}
		var found []string
		for n := 1; n <= 50 && len(found) < limit; n++ { // Tempo promises no order
			if s := began(n).Unix(); from <= s && s < to && q.Get("q") == `{resource.service.name="shop"}` {
				found = append(found, fmt.Sprintf(`{"traceID":"%x","rootServiceName":"shop","startTimeUnixNano":"%d","durationMs":4}`, n, began(n).UnixNano()))
			}
		}
		fmt.Fprintf(w, `{"traces":[%s],"metrics":{"totalBlocks":1}}`, strings.Join(found, ","))
	}
	for path, allowed := range map[string]func(*http.Request) (bool, string){
		"/tempo":     func(*http.Request) (bool, string) { return true, "" },
		"/old-tempo": func(*http.Request) (bool, string) { return true, "" },
		"/tenants":   func(r *http.Request) (bool, string) { return r.Header.Get("X-Scope-OrgID") == "a", "no org id" },
		"/grafana/api/datasources/proxy/uid/P1": func(r *http.Request) (bool, string) {
			return r.Header.Get("Authorization") == "Bearer t", `{"message":"Unauthorized"}`
		},
	} {
		handle := func(pattern string, h http.HandlerFunc) {
			mux.HandleFunc(path+pattern, func(w http.ResponseWriter, r *http.Request) {
				if ok, message := allowed(r); !ok {
					http.Error(w, message, http.StatusUnauthorized)
					return
				}
				h(w, r)
			})
		}
		handle("/api/echo", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "echo") })
		handle("/api/traces/{id}", trace(`{"batches":[%s]}`))
		handle("/api/search", search)
		handle("/", http.NotFound)
		if path != "/old-tempo" {
			handle("/api/v2/traces/{id}", trace(`{"trace":{"resourceSpans":[%s]},"metrics":{},"status":"COMPLETE","message":""}`))
		}
	}
}

// crowded adds Jaegers with 50 traces that return at most 20 at once, one that keeps 15, and one that is killed by the question.
func crowded(mux *http.ServeMux) {
	first := time.Now().Add(-time.Minute)
	for path, keeps := range map[string]int{"/many": 50, "/few": 15} {
		mux.HandleFunc(path+"/api/v3/traces", func(w http.ResponseWriter, r *http.Request) {
			q := r.URL.Query()
			n, _ := strconv.Atoi(q.Get("query.search_depth"))
			from, _ := time.Parse(time.RFC3339Nano, q.Get("query.start_time_min"))
			to, _ := time.Parse(time.RFC3339Nano, q.Get("query.start_time_max"))
			if n > min(keeps, 20) {
				w.WriteHeader(http.StatusInternalServerError)
				fmt.Fprint(w, `{"error":{"httpCode":500,"message":"search depth must be greater than 0 and less than max traces"}}`)
				return
			}
			var found []string
			for i := keeps; i > 0 && len(found) < n; i-- {
				if at := first.Add(time.Duration(i) * time.Millisecond); !at.Before(from) && !at.After(to) {
					found = append(found, oneTrace(fmt.Sprintf("%x", i), at))
				}
			}
			fmt.Fprintf(w, `{"result":{"resourceSpans":[%s]}}`, strings.Join(found, ","))
		})
	}
	mux.HandleFunc("/killed/", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
}
