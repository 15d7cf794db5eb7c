package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/pprof/profile"
)

// lab profile -attach writes the picture and the profile that a service serves, and prints the parts of the program.
func TestProfile(t *testing.T) {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.String() {
		case "/debug/pprof/": // a list of profiles
		case "/debug/pprof/profile?seconds=3":
			writeProfile(w)
		default:
			http.NotFound(w, r)
		}
	}))
	defer service.Close()
	getenv := func(name string) string { return map[string]string{"PRICING_ADMIN_URL": service.URL}[name] }
	var out bytes.Buffer
	e := env{getenv: getenv, stdout: &out, stderr: &out}

	file := filepath.Join(t.TempDir(), "picture.svg")
	code := run(t.Context(), e, strings.Fields("profile -attach -service pricing -seconds 3 -during nothing -o "+file))
	if want := "100.0 %  JSON\n20ms of CPU in 3 s"; code != 0 || !strings.Contains(out.String(), want) {
		t.Errorf("got code %d and\n%s\nwant %q", code, &out, want)
	}
	if picture, err := os.ReadFile(file); err != nil || !bytes.Contains(picture, []byte("json.Marshal")) {
		t.Errorf("got the picture %s, %v", picture, err)
	}
	raw, err := os.ReadFile(strings.TrimSuffix(file, ".svg") + ".pb.gz")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := profile.ParseData(raw); err != nil {
		t.Error(err)
	}
}

// A service that serves no profiles is an error that says how to make it. It is found before any load.
func TestNoProfile(t *testing.T) {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/orders") {
			t.Error("got a request of the load")
		}
		http.NotFound(w, r)
	}))
	defer service.Close()
	var out bytes.Buffer
	getenv := func(name string) string {
		return map[string]string{"ORDER_URL": service.URL, "ORDER_ADMIN_URL": service.URL}[name]
	}
	e := env{getenv: getenv, stdout: &out, stderr: &out}
	code := run(t.Context(), e, strings.Fields("profile -attach -seconds 1 -o "+filepath.Join(t.TempDir(), "x.svg")))
	for _, want := range []string{"start it with PROFILE=on make up", "ORDER_ADMIN_URL"} {
		if code != 1 || !strings.Contains(out.String(), want) {
			t.Errorf("got code %d and\n%s\nwant code 1 and %q", code, &out, want)
		}
	}
}

// A load that cannot run is an error before the profile, and a scenario that fails ends the profile.
func TestProfileOfNothing(t *testing.T) {
	admin := http.NewServeMux()
	admin.HandleFunc("/debug/pprof/{$}", func(http.ResponseWriter, *http.Request) {})
	admin.HandleFunc("/debug/pprof/profile", func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done() // as a long profile that its reader gives up
	})
	service := httptest.NewServer(admin)
	defer service.Close()
	for _, test := range []struct {
		order, args string
		code        int
		want        string
	}{
		{service.URL, "-rate 200000", 2, "a rate of 200000 requests/s: want at least 0.001, and at most 100000"},
		{"nonsense", "", 2, "is not an http address"},
		{"http://192.0.2.1", "", 2, "192.0.2.1 is not this machine"},
		{"http://127.0.0.1:1", "", 1, "name another one with ORDER_URL"},
		{service.URL, "-during n-plus-one-http", 1, "404"},
	} {
		var out bytes.Buffer
		getenv := func(name string) string {
			return map[string]string{"ORDER_URL": test.order, "ORDER_ADMIN_URL": service.URL}[name]
		}
		args := strings.Fields("profile -attach -seconds 3600 -o " + filepath.Join(t.TempDir(), "x.svg") + " " + test.args)
		code := run(t.Context(), env{getenv: getenv, stdout: &out, stderr: &out}, args)
		if code != test.code || !strings.Contains(out.String(), test.want) {
			t.Errorf("%s %s: got code %d and\n%s\nwant code %d and %q", test.order, test.args, code, &out, test.code, test.want)
		}
		if began := strings.Contains(out.String(), "profiling order"); began != strings.Contains(test.args, "-during") {
			t.Errorf("%s %s: the profile began: %v", test.order, test.args, began)
		}
	}
}

// writeProfile writes a profile with one sample.
func writeProfile(w io.Writer) {
	f := &profile.Function{ID: 1, Name: "encoding/json.Marshal"}
	l := &profile.Location{ID: 1, Line: []profile.Line{{Function: f}}}
	p := &profile.Profile{
		SampleType: []*profile.ValueType{{Type: "samples", Unit: "count"}, {Type: "cpu", Unit: "nanoseconds"}},
		Sample:     []*profile.Sample{{Location: []*profile.Location{l}, Value: []int64{2, (20 * time.Millisecond).Nanoseconds()}}},
		Location:   []*profile.Location{l}, Function: []*profile.Function{f},
	}
	_ = p.Write(w)
}
