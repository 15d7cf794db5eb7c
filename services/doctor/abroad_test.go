package doctor_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"spanwise/doctor"
	"spanwise/doctor/read"
	"spanwise/doctor/trace"
)

var listWrong = flag.Bool("wrong", false, "list every trace of another system on which the doctor is wrong")

// wrongf logs a trace on which the doctor is wrong, if that was asked for.
func wrongf(t *testing.T, format string, args ...any) {
	t.Helper()
	if *listWrong {
		t.Logf(format, args...)
	}
}

// A truth is what truth.json says about a file of traces: what the first finding may be, in words also where, and how much
// faster the fixed request is. If there are no kinds, nothing must be found; if one of them is empty, nothing need be found.
type truth struct {
	File     string
	Kinds    []doctor.Kind
	Words    string  `json:"truth"`
	SavingMS float64 `json:"measured_saving_ms"`
	Together bool    // the file is one system at one time; otherwise each line is judged by itself
}

func (tr truth) quiet() bool { return len(tr.Kinds) == 0 || slices.Contains(tr.Kinds, "") }

// An abroad is the score on one set of traces of other systems.
type abroad struct {
	set                 string
	kind, place, silent tally
	off                 []float64 // of structural savings: the difference to what was measured, as a share of that
}

// On traces of other systems, each by itself, the first finding has the right kind and place, healthy traces get none, and
// structural savings come close to what was measured.
func TestAbroad(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(oracles(t), "*", "truth.json"))
	var scores []abroad
	for _, file := range files {
		set := abroad{set: filepath.Base(filepath.Dir(file))}
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var truths []truth
		if err := json.Unmarshal(raw, &truths); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, tr := range truths {
			if err := set.judge(t, filepath.Dir(file), tr); err != nil {
				t.Errorf("%s %s: %v", set.set, tr.File, err)
			}
		}
		scores = append(scores, set)
	}
	nezha := scoreNezha(t)
	fmt.Fprintf(t.Output(), "\n%s\n", abroadTable(scores, nezha))
	for _, s := range scores {
		for _, missed := range s.missed() {
			t.Errorf("%s: %s", s.set, missed)
		}
	}
	if *update {
		writeAbroad(t, "../../docs/score.md", abroadTable(scores, nezha))
	}
}

// judge adds the verdicts on a file's traces.
func (s *abroad) judge(t *testing.T, dir string, tr truth) error {
	groups, err := judged(filepath.Join(dir, tr.File), tr.Together)
	if err != nil {
		return err
	}
	for i, group := range groups {
		for k, report := range doctor.DiagnoseAll(group) {
			if why := s.add(tr, placeOf(tr.Words, group), report); why != "" {
				wrongf(t, "%s %s %d, trace %.8s: %s; the truth: %s", s.set, tr.File, i+k+1, group[k].ID, why, tr.Words)
			}
		}
	}
	return nil
}

// judged reads the traces of a file that has one document a line, in the groups that are judged together.
func judged(file string, together bool) ([][]*trace.Trace, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if together {
		traces, err := read.All(f)
		return [][]*trace.Trace{traces}, err
	}
	var text io.Reader = f
	if strings.HasSuffix(file, ".gz") {
		if text, err = gzip.NewReader(f); err != nil {
			return nil, err
		}
	}
	var groups [][]*trace.Trace
	lines := bufio.NewScanner(text)
	lines.Buffer(nil, 1<<28)
	for lines.Scan() {
		traces, err := read.All(strings.NewReader(lines.Text()))
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", len(groups)+1, err)
		}
		groups = append(groups, traces)
	}
	return groups, lines.Err()
}

// add counts one verdict, and says what is wrong with it.
func (s *abroad) add(tr truth, want place, r doctor.Report) (wrong string) {
	first := doctor.Finding{}
	if len(r.Findings) > 0 {
		first = r.Findings[0]
	}
	got := strings.TrimSpace(fmt.Sprintf("%s in %s %s → %s", first.Kind, first.Service, first.Operation, first.Callee))
	right := slices.Contains(tr.Kinds, first.Kind) || tr.quiet() && first.Kind == ""
	if tr.quiet() {
		s.silent.add(right)
	} else {
		s.kind.add(right)
	}
	switch {
	case !right && first.Kind == "":
		return "nothing found"
	case !right:
		return "found " + got
	case tr.quiet():
		return ""
	}
	if saving := first.Saving; tr.SavingMS > 0 && saving.Basis == doctor.Structural {
		middle := float64(saving.LowUS+saving.HighUS) / 2000
		s.off = append(s.off, math.Abs(middle-tr.SavingMS)/tr.SavingMS)
	}
	if want == (place{}) {
		return ""
	}
	s.place.add(want.matches(first))
	if !want.matches(first) {
		return "found in the wrong place: " + got
	}
	return ""
}
