package doctor_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"spanwise/doctor"
	"spanwise/doctor/read"
	"spanwise/doctor/trace"
)

// oracles returns the folder with traces of other projects whose truth is known. They are not part of this repository.
func oracles(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("SPANWISE_TRACES")
	if dir == "" {
		t.Skip("set SPANWISE_TRACES to the folder that CONTRIBUTING.md describes")
	}
	return dir
}

func traces(t *testing.T, file string) []*trace.Trace {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	list, err := read.All(f)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// A tally counts verdicts.
type tally struct{ right, all int }

func (s tally) share() float64 { return float64(s.right) / float64(s.all) }

func (s tally) String() string { return fmt.Sprintf("%d of %d (%.2f)", s.right, s.all, s.share()) }

func (s *tally) add(right bool) {
	s.all++
	if right {
		s.right++
	}
}

// From one trace alone, the first finding names the service in which Nezha injected a fault: the callee of its edge, or its service.
func TestServiceAtFault(t *testing.T) {
	score := scoreNezha(t)
	for _, fault := range slices.Sorted(maps.Keys(score)) {
		t.Logf("%-16s %s", fault, score[fault])
	}
	if s := score["all"]; s.right < 100 {
		t.Errorf("right for %s of all traces, want at least 100 (0.85)", s)
	}
	if s := score["network_delay"]; s.right < 38 {
		t.Errorf("right for %s of the network delays, want at least 38 (0.93)", s)
	}
}

// scoreNezha counts the verdicts on Nezha's traces by fault, and on "all" of them.
func scoreNezha(t *testing.T) map[string]tally {
	t.Helper()
	dir := filepath.Join(oracles(t), "nezha")
	raw, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var manifest []struct {
		File, Culprit, Fault string
		Traces               int
	}
	if err := json.Unmarshal(raw, &manifest); err != nil {
		t.Fatal(err)
	}
	score, inFiles := map[string]tally{}, 0
	for _, m := range manifest {
		inFiles += m.Traces
		for _, tr := range traces(t, filepath.Join(dir, m.File)) {
			got := accused(doctor.Diagnose(tr))
			if got != m.Culprit {
				wrongf(t, "nezha %s %.8s: accuses %q", m.File, tr.ID, got)
			}
			for _, of := range []string{m.Fault, "all"} {
				s := score[of]
				s.add(got == m.Culprit)
				score[of] = s
			}
		}
	}
	if inFiles != 120 || score["all"].all != 118 { // what a file holds twice is read as one
		t.Errorf("%d traces in the files and %d different ones read, want 120 and 118", inFiles, score["all"].all)
	}
	return score
}

func accused(r doctor.Report) string {
	if len(r.Findings) == 0 {
		return ""
	}
	return cmp.Or(r.Findings[0].Callee, r.Findings[0].Service)
}

// What is found with high confidence on the fault-free traces, each read by hand: these calls did wait where no span of
// the callee's is, 60 to 99 % of the time, while all other calls of the trace lose 2 to 4 ms there.
var reallyThere = map[string]bool{
	"7ca487a8: edge-wait frontend currencyservice": true,
	"66c7d782: edge-wait frontend currencyservice": true,
	"3c8a9911: edge-wait frontend currencyservice": true,
	"4b832cd0: edge-wait frontend currencyservice": true,
}

// On fault-free traces nothing is found with high confidence but what is listed, and that is found.
func TestFaultFree(t *testing.T) {
	healthy := traces(t, filepath.Join(oracles(t), "nezha", "faultfree.json"))
	if len(healthy) != 20 {
		t.Errorf("%d traces without a fault, want 20", len(healthy))
	}
	found := map[string]bool{}
	for _, tr := range healthy {
		for _, f := range doctor.Diagnose(tr).Findings {
			if f.Confidence != doctor.High {
				continue
			}
			what := fmt.Sprintf("%.8s: %s %s %s", tr.ID, f.Kind, f.Service, f.Callee)
			found[what] = true
			if !reallyThere[what] {
				t.Errorf("%s: %s", what, f.Because)
			}
		}
	}
	for what := range reallyThere {
		if !found[what] {
			t.Errorf("%s: not found with high confidence any more, though it is listed", what)
		}
	}
}
