package bench

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A part that is repeated replaces its figures in the file, and leaves those of the others.
func TestReplace(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bench.json")
	old, err := Read(file)
	if err != nil || old != nil {
		t.Fatalf("got %v and %v of a file that does not exist, want nothing", old, err)
	}
	old = old.With(Result{Part: "lines", Commit: "a"}).With(Result{Part: "cost", Commit: "a"})
	if err := old.Write(file); err != nil {
		t.Fatal(err)
	}
	got, err := Read(file)
	if err != nil {
		t.Fatal(err)
	}
	got = got.With(Result{Part: "lines", Commit: "b"})
	want := Results{{Part: "cost", Commit: "a"}, {Part: "lines", Commit: "b"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("got (-want +got)\n%s", diff)
	}
}

// A file that is something else is not replaced.
func TestReadOther(t *testing.T) {
	file := filepath.Join(t.TempDir(), "other.json")
	if err := os.WriteFile(file, []byte(`{"figures": 1}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(file); err == nil || !strings.Contains(err.Error(), "does not hold the figures of lab bench") {
		t.Errorf("got %v, want an error that says so", err)
	}
}

// Parts are found by their names, and a wrong name lists them.
func TestFind(t *testing.T) {
	if parts, err := Find("lines,cost"); err != nil || len(parts) != 2 || parts[0].Name != "lines" || parts[1].Name != "cost" {
		t.Errorf("got %v, %v", parts, err)
	}
	if parts, err := Find(""); err != nil || len(parts) != len(Parts) {
		t.Errorf("got %d parts and %v, want all", len(parts), err)
	}
	if _, err := Find("cost,price"); err == nil || !strings.Contains(err.Error(), `no part "price": choose from cost, against,`) {
		t.Errorf("got %v, want the list", err)
	}
}
