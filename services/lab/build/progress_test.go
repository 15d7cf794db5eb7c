package build

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A long step shows its progress in the form that suits the output, and a quick one shows nothing.
func TestProgress(t *testing.T) {
	for _, test := range []struct {
		name     string
		terminal bool
		once     bool
		takes    time.Duration
		want     []string
		not      string
	}{
		{"long, to a file", false, true, 40 * time.Second, []string{
			"building jaeger from source: this happens once and takes a few minutes\n",
			"building jaeger: 15s, 1 packages, downloading example.com v1\n", "building jaeger: 30s", "built jaeger in 40s\n"}, "\r"},
		{"long, to a terminal", true, true, 2 * time.Second, []string{"\r\x1b[Kbuilding jaeger: 1s, 1 packages", "\r\x1b[Kbuilt jaeger in 2s\n"}, ""},
		{"quick", true, false, time.Second, nil, "jaeger"},
		{"usually quick", true, false, 4 * time.Second, []string{"building jaeger: 3s", "built jaeger in 4s"}, "from source"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out bytes.Buffer
				p := &Progress{Out: &out, Terminal: test.terminal}
				s := &step{to: p, name: "jaeger", once: test.once}
				s.begin()
				fmt.Fprint(s, "some/package\n# some/other: a warning\ngo: downloading example.com v1\n")
				time.Sleep(test.takes)
				s.end(nil)
				for _, want := range test.want {
					if !strings.Contains(out.String(), want) {
						t.Errorf("got %q, want %q in it", &out, want)
					}
				}
				if test.not != "" && strings.Contains(out.String(), test.not) {
					t.Errorf("got %q, want no %q in it", &out, test.not)
				}
			})
		})
	}
}
