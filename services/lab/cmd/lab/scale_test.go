package main

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"spanwise/lab/scale"
)

// Drills that end in another order than they began are reported in the order of the table, and one that could not start is reported too.
func TestDrillsEnd(t *testing.T) {
	var out bytes.Buffer
	d := drilling{pipelines: pipelines{env: env{stdout: &out}, file: filepath.Join(t.TempDir(), "scale.json")}, outcomes: make([]*scale.Outcome, 2)}
	if err := d.ended(1, scale.Outcome{Arrangement: "kafka", Drill: "untouched"}, nil); err != nil {
		t.Fatal(err)
	}
	if err := d.ended(0, scale.Outcome{Arrangement: "direct", Drill: "untouched"}, errors.New("no free port")); err != nil {
		t.Fatal(err)
	}
	if got := d.report.Drills; len(got) != 2 || got[0].Arrangement != "direct" || got[0].Err() == nil || got[1].Err() != nil {
		t.Errorf("got %+v, want direct, which failed, and kafka", got)
	}
	if len(d.errs) != 1 || !strings.Contains(out.String(), "FAIL  direct/untouched: no free port") {
		t.Errorf("got %v and\n%s\nwant the failure", d.errs, out.String())
	}
}
