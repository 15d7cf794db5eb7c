package main

import (
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write what the command prints now into the scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"doctor": main})
}

// Each script in testdata is a session with the command. Scripts have a Jaeger at $JAEGER; `exits N command…` checks
// the exit code.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata",
		UpdateScripts: *update,
		Setup: func(env *testscript.Env) error {
			jaeger := httptest.NewServer(fakeJaeger(env.WorkDir))
			env.Defer(jaeger.Close)
			env.Setenv("JAEGER", jaeger.URL)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
	})
}

// exits runs a command that must end with the given code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code command [arg...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := err.(*exec.ExitError)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

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
	return mux
}
