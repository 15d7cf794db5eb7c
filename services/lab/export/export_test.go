package export

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"spanwise/doctor/read"
	"spanwise/lab/scenario"
	"spanwise/lab/scenario/scenariotest"
	"spanwise/order/shoptest"
)

func quietly(string, ...any) {}

// An export can be read, is what was planned, and gives nothing away except in truth.json.
func TestWrite(t *testing.T) {
	shop := shoptest.Start(t, nil, true)
	from := Source{
		Shop: scenariotest.Client(shop), Jaeger: scenariotest.Jaeger(t, shop).URL,
		Grow: func(context.Context, int) error { return errors.New("no scenario here needs a big catalogue") },
	}
	plan := Plan{Seed: 7, Runs: 1, Progress: quietly}
	for _, id := range []string{"serial-calls", "broken-propagation", "caller-gave-up", "near-two-lines-each", "healthy-order"} {
		s, err := scenario.Find(id)
		if err != nil {
			t.Fatal(err)
		}
		plan.Scenarios = append(plan.Scenarios, s)
	}
	dir := filepath.Join(t.TempDir(), "new", "folder")
	written, err := Write(t.Context(), from, plan, dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(written, readBack(t, dir)); diff != "" || len(written.Files) != 8 {
		t.Errorf("got %d files, want 8; -returned +written:\n%s", len(written.Files), diff)
	}
	for i, p := range plan.steps() { // in the order of the seed: see TestSteps
		if diff := cmp.Diff(p.label(i+1), written.Files[i], cmpopts.IgnoreFields(Label{}, "Traces")); diff != "" {
			t.Errorf("-planned +written:\n%s", diff)
		}
	}
	if err := Free(dir); err == nil || !strings.Contains(err.Error(), "is not empty") {
		t.Errorf("got %v for a folder that is full, want an error", err)
	}
}

// readBack reads a folder as a user does, and requires its traces to be those that truth.json lists.
func readBack(t *testing.T, dir string) (truth Truth) {
	t.Helper()
	if err := json.Unmarshal(file(t, dir, Manifest), &truth); err != nil {
		t.Fatal(err)
	}
	for _, l := range truth.Files {
		document := file(t, dir, l.File)
		if bytes.Contains(document, []byte("calls=")) || bytes.Contains(document, []byte("untraced")) || bytes.Contains(document, []byte("fetch=")) {
			t.Errorf("%s gives away what it is:\n%s", l.File, document)
		}
		traces, err := read.All(bytes.NewReader(document))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, tr := range traces {
			got = append(got, tr.ID)
		}
		var want []string
		for _, tr := range l.Traces {
			want = append(want, tr.ID)
		}
		if diff := cmp.Diff(slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(got))); diff != "" {
			t.Errorf("%s (-truth +traces):\n%s", l.File, diff)
		}
		if late := l.Variant == scenario.Slow && l.Scenario == "caller-gave-up"; late && bytes.Count(document, []byte(`"inventory"`)) == 0 {
			t.Errorf("%s, %s: what the callee did after the answer is missing:\n%s", l.Scenario, l.Variant, document)
		}
		if other := l.Variant == scenario.Slow && l.Scenario == "broken-propagation"; (len(want) == 2) != other {
			t.Errorf("%s, %s: got %d traces", l.Scenario, l.Variant, len(want))
		}
	}
	if text := string(file(t, dir, ReadMe)); !strings.Contains(text, "with seed 7.") || !strings.Contains(text, "8 files") {
		t.Errorf("got\n%s", text)
	}
	return truth
}

func file(t *testing.T, dir, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// An export that fails leaves nothing behind.
func TestWriteFails(t *testing.T) {
	dir := t.TempDir()
	plan := Plan{Runs: 1, Progress: quietly, Scenarios: []scenario.Scenario{{ID: "big", Products: 5, Slow: scenario.Request{Method: "GET", Path: "/"}}}}
	full := errors.New("the disk is full")
	_, err := Write(t.Context(), Source{Grow: func(context.Context, int) error { return full }}, plan, filepath.Join(dir, "out"))
	if !errors.Is(err, full) {
		t.Errorf("got %v, want that the disk is full", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("got %v left, %v, want nothing", left, err)
	}
}

// Every variant is planned as often as requested, scenarios that need a big catalogue last, in an order that depends on the seed.
func TestSteps(t *testing.T) {
	plan := Plan{Scenarios: scenario.All(), Seed: 1, Runs: 2}
	first := plan.steps()
	counts, big := map[string]int{}, false
	for _, p := range first {
		counts[p.scenario.ID+p.variant.Name]++
		if big && p.scenario.Products == 0 {
			t.Errorf("%s comes after scenarios that need a big catalogue", p.scenario.ID)
		}
		big = big || p.scenario.Products > 0
	}
	for _, s := range plan.Scenarios {
		for _, v := range s.Variants() {
			if got := counts[s.ID+v.Name]; got != 2 {
				t.Errorf("%s, %s: got %d, want 2", s.ID, v.Name, got)
			}
		}
	}
	labels := func(list []step) (all []Label) {
		for i, p := range list {
			all = append(all, p.label(i+1))
		}
		return all
	}
	if diff := cmp.Diff(labels(first), labels(plan.steps())); diff != "" {
		t.Errorf("the same seed gives another set (-first +second):\n%s", diff)
	}
	plan.Seed = 2
	if cmp.Equal(labels(first), labels(plan.steps())) {
		t.Error("another seed gives the same order")
	}
	for _, l := range labels(first) {
		if (l.Expected == "nothing") != (len(l.Places) == 0) {
			t.Errorf("%s, %s: got %s in %v, want a place unless nothing is expected", l.Scenario, l.Variant, l.Expected, l.Places)
		}
	}
}

// The schema describes exactly the fields that truth.json has.
func TestSchema(t *testing.T) {
	type object struct {
		Required   []string       `json:"required"`
		Properties map[string]any `json:"properties"`
	}
	var described struct {
		object
		Defs map[string]object `json:"$defs"`
	}
	if err := json.Unmarshal(schema, &described); err != nil {
		t.Fatal(err)
	}
	for name, v := range map[string]any{"": Truth{}, "file": Label{}, "trace": Trace{}, "place": scenario.Place{}, "also": scenario.Excuse{}} {
		want := described.object
		if name != "" {
			want = described.Defs[name]
		}
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]any
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		fields := slices.Sorted(maps.Keys(got))
		if diff := cmp.Diff(slices.Sorted(maps.Keys(want.Properties)), fields); diff != "" {
			t.Errorf("%q (-schema +truth):\n%s", name, diff)
		}
		if diff := cmp.Diff(slices.Sorted(slices.Values(want.Required)), fields); diff != "" {
			t.Errorf("%q (-required +truth):\n%s", name, diff)
		}
	}
}
