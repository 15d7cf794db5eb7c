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
		if r.URL.String() != "/debug/pprof/profile?seconds=3" {
			http.NotFound(w, r)
			return
		}
		writeProfile(w)
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

// A service that serves no profiles is an error that says how to make it.
func TestNoProfile(t *testing.T) {
	service := httptest.NewServer(http.NotFoundHandler())
	defer service.Close()
	var out bytes.Buffer
	e := env{getenv: func(string) string { return service.URL }, stdout: &out, stderr: &out}
	code := run(t.Context(), e, strings.Fields("profile -attach -during nothing -o "+filepath.Join(t.TempDir(), "x.svg")))
	if code != 1 || !strings.Contains(out.String(), "does order run with PROFILE=on") {
		t.Errorf("got code %d and\n%s", code, &out)
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
