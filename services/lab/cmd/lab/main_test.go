package main

import (
	"bytes"
	"context"
	"flag"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"spanwise/lab/native"
)

// A command that is not understood is answered with the next step and exit code 2.
func TestRun(t *testing.T) {
	for _, test := range []struct {
		args string
		code int
		want string // in what is printed
	}{
		{"", 2, "usage: lab COMMAND"},
		{"help", 0, "usage: lab COMMAND"},
		{"--help", 0, "usage: lab COMMAND"},
		{"dance", 2, "no such command: dance (lab help lists the commands)"},
		{"up -fast", 2, "flag provided but not defined: -fast"},
		{"up -h", 0, "PORT_OFFSET"},
		{"up x", 2, `up takes no "x"`},
		{"smoke please", 2, `smoke takes no "please" (lab smoke -h lists its flags)`},
		{"run a b", 2, "run takes one SCENARIO, not 2: a b"},
		{"run", 2, "which scenario?"},
		{"run -n 0 serial-calls", 2, "-n 0: want 1 or more"},
		{"run nonsense", 1, `no scenario "nonsense" (lab run -list shows them all)`},
		{"export", 2, "into which folder?"},
		{"export main.go", 1, "main.go"},
		{"smoke -h", 0, "-attach"},
		{"seed -products many", 2, `invalid value "many"`},
		{"bench -h", 0, "-strict"},
		{"bench -only price", 2, `no part "price": choose from cost, `},
		{"bench -only against", 2, "name it, as in -against ../before"},
		{"bench -only lines,against", 2, "-only lines,against compares with another source tree"},
		{"bench -against nowhere", 2, "nowhere: no such file or directory (name another source tree"},
		{"bench -against /", 2, "-against /: / is not in a source tree of Spanwise (name another source tree"},
		{"bench -against .", 2, "-against .: this is the source tree that is measured (name another source tree"},
		{"bench -against . -only cost,lines", 2, "-only cost,lines measures nothing of another source tree: leave out -against"},
		{"bench -json main.go", 1, "does not hold the figures of lab bench"},
		{"bench -json missing/bench.json", 1, "missing/bench.json"},
		{"bench -page main.go", 2, "-page needs -json"},
		{"bench -json missing.json -page main.go", 1, "main.go has no place for the bench"},
		{"capacity -pipeline direct", 0, "1,000 requests/s of 12 spans"},
		{"capacity -h", 0, "-pipeline"},
		{"capacity -rate 0", 2, "-rate: 0 is not from 1 to 1,000,000 requests/s"},
		{"capacity -rate NaN", 2, "-rate: NaN is not"},
		{"capacity -rate -1", 2, "-rate: -1 is not"},
		{"capacity -rate 1e12", 2, "-rate: 1e+12 is not"},
		{"capacity -rate many", 2, `invalid value "many"`},
		{"capacity -spans 0", 2, "-spans: 0 is not"},
		{"capacity -kept most", 2, `-kept: "most" is not a share`},
		{"capacity -outage 10", 2, "want a number with a unit, such as 90s or 1h"},
		{"capacity -pipeline pigeons", 2, "choose from direct, gateways, gateways-twice, kafka, kafka-twice"},
		{"capacity -pipeline gateways-twice", 0, "gateway, both sets"},
		{"capacity -pipeline kafka-twice -retention 1h -brokers 5 -agents 20 -gateways 4", 0, "arithmetic, not measured"},
		{"capacity -rate 1", 0, "carries less here than was measured"},
		{"capacity -retention 1h", 2, "the pipeline gateways has no Kafka"},
		{"capacity -pipeline direct -gateways 2", 2, "the pipeline direct has none"},
		{"capacity -wait 1500ms", 2, "leaves out the part of a second of 1.5s"},
		{"capacity -outage 0s", 2, "-outage: 0 is not"},
		{"capacity -days 0", 2, "-days: 0 is not"},
		{"capacity -pipeline direct -kept 10%", 2, "the pipeline direct keeps every trace"},
		{"capacity -measure -rate 5", 2, "-measure and -page take no -rate"},
		{"capacity -quick", 2, "are for lab capacity -measure"},
		{"capacity -json main.go", 1, "does not hold the figures of lab capacity"},
		{"capacity -measure -json missing/capacity.json", 1, "missing/capacity.json"},
		{"capacity -page main.go", 1, "main.go has no place for the capacity"},
		{"drill -only nothing", 2, `no drill's name matches "nothing" (lab drill -list shows them all)`},
		{"drill -only [", 2, "want a regular expression for their names"},
		{"drill -only clock -quick", 2, "is among the few for CI (leave out -quick)"},
		{"drill -page docs/drills.md", 2, "-page needs -json"},
		{"drill -json missing/drill.json", 1, "missing/drill.json"},
		{"drill -for 10", 2, "want a number with a unit, such as 90s or 1h"},
		{"drill -for 5m -only clock", 2, "-for is for the drill random"},
		{"drill -only random -for 0s", 2, "-for 0s: want a time above 0"},
		{"profile -service mail", 2, "-service mail: choose one of order, pricing, inventory"},
		{"profile -o missing/order.svg", 1, "missing/order.svg"},
		{"profile -seconds 0", 2, "must be 1 or more"},
		{"profile -during nonsense", 1, `no scenario "nonsense"`},
		{"load -rate 0", 2, "a rate of 0 requests/s: want at least 0.001"},
		{"load -rate 1e8 -for 2s", 2, "a rate of 1e+08 requests/s: want at least 0.001, and at most 100000"},
		{"load -from 50 -for 2s", 2, "want how long it takes, as in -ramp 30s"},
		{"load -for 10", 2, "want a number with a unit, such as 90s or 1h"},
		{"load -for 5s -ramp 10s", 2, "a ramp of 10s does not fit into a load of 5s"},
		{"load -mix nonsense", 2, "the mix has \"nonsense\": want a weight, a method and a path"},
		{"load -url http://192.0.2.1:8080", 2, "192.0.2.1 is not this machine"},
		{"load -url http://nowhere.invalid", 2, "(name the order service with -url, such as"},
		{"load -url http://localhost:8080/?a=b", 2, "put parameters into -mix"},
		{"load -timeout 0", 2, "-timeout 0s: want a time above 0"},
		{"load -rate abc", 2, "invalid value \"abc\" for flag -rate: want a number (lab load -h lists its flags)\n"},
		{"load -in-flight x", 2, "invalid value \"x\" for flag -in-flight: want a number (lab load -h lists its flags)\n"},
		{"bench -quick=x", 2, "want true or false (lab bench -h lists its flags)"},
		{"load -json missing/load.json", 1, "missing/load.json: no such file or directory (create its folder, or name another file)"},
		{"load -url http://127.0.0.1:1", 1, "start it with make up, or name another one with -url"},
		{"scale -json missing/scale.json", 1, "missing/scale.json"},
		{"score -json missing/score.json", 1, "missing/score.json"},
		{"story", 2, "which story? (lab story million-rows, or lab story sampling)"},
		{"story sampling", 2, "sampling starts systems of its own: add -scratch"},
		{"story sampling -scratch -n 3", 2, "sampling takes no -n"},
		{"story sampling -scratch -page main.go", 1, "main.go has no place for the story"},
		{"story million-rows -page docs/sampling.md", 2, "-page and -cost are for lab story sampling"},
		{"story million-rows -n 0", 2, "-n 0: want 1 or more"},
		{"story million-rows -cache redis://x", 2, "need -scratch"},
	} {
		var out bytes.Buffer
		e := env{getenv: func(string) string { return "" }, stdout: &out, stderr: &out}
		if code := run(t.Context(), e, strings.Fields(test.args)); code != test.code || !strings.Contains(out.String(), test.want) {
			t.Errorf("lab %s: got code %d and\n%s\nwant code %d and %q", test.args, code, &out, test.code, test.want)
		}
	}
}

// A variable of the ports that is not understood is an error, instead of a command for the lab at the usual ports.
func TestWrongOffset(t *testing.T) {
	for _, args := range []string{"load", "run n-plus-one-http", "smoke -attach", "profile -attach"} {
		var out bytes.Buffer
		getenv := native.Addresses(func(name string) string { return map[string]string{"PORT_OFFSET": "99999"}[name] })
		code := run(t.Context(), env{getenv: getenv, stdout: &out, stderr: &out}, strings.Fields(args))
		if code != 1 || !strings.Contains(out.String(), "PORT_OFFSET=99999 is not a number") {
			t.Errorf("lab %s: got code %d and\n%s\nwant code 1 and the variable", args, code, &out)
		}
	}
}

// A smoke test fails if no system runs, and says how to start one.
func TestSmokeOfNothing(t *testing.T) {
	var out bytes.Buffer
	getenv := func(name string) string {
		return map[string]string{"ORDER_URL": "http://127.0.0.1:1", "JAEGER_URL": "http://127.0.0.1:1"}[name]
	}
	code := run(t.Context(), env{getenv: getenv, stdout: &out, stderr: &out}, []string{"smoke", "-attach"})
	for _, want := range []string{"start it with make up", "0 passed, 1 failed"} {
		if code != 1 || !strings.Contains(out.String(), want) {
			t.Errorf("got code %d and\n%s\nwant code 1 and %q", code, &out, want)
		}
	}
}

// If a request was not sampled, each command says so at once, instead of waiting for its trace.
func TestNotSampled(t *testing.T) {
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Traceresponse", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")
	}))
	defer shop.Close()
	traces := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/traces") {
			t.Errorf("Jaeger is asked for %s", r.URL)
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"services":[]}`))
	}))
	defer traces.Close()
	getenv := func(name string) string {
		return map[string]string{"ORDER_URL": shop.URL, "INVENTORY_URL": shop.URL, "PRICING_URL": shop.URL, "JAEGER_URL": traces.URL}[name]
	}
	for _, args := range []string{"run n-plus-one-http", "story million-rows", "smoke -attach"} {
		var out bytes.Buffer
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		code := run(ctx, env{getenv: getenv, stdout: &out, stderr: &out}, strings.Fields(args))
		if want := "this request was not sampled, so trace 0af7651916cd43dd8448eb211c80319c has no spans"; code != 1 || !strings.Contains(out.String(), want) {
			t.Errorf("lab %s: got code %d and\n%s\nwant code 1 and %q", args, code, &out, want)
		}
	}
}

// Flags may come before and after operands.
func TestParse(t *testing.T) {
	for _, args := range []string{"-n 3 some -list", "some -n 3 -list", "-list -n 3 some"} {
		set := flag.NewFlagSet("run", flag.ContinueOnError)
		n, list := set.Int("n", 10, ""), set.Bool("list", false, "")
		if err := parse(set, strings.Fields(args)); err != nil || *n != 3 || !*list || set.NArg() != 1 || set.Arg(0) != "some" {
			t.Errorf("%s: got n=%d list=%v %q, %v", args, *n, *list, set.Args(), err)
		}
	}
}
