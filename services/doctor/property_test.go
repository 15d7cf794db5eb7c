package doctor_test

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"spanwise/doctor"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
	"spanwise/doctor/trace/tracetest"
)

// samples are the golden cases as they are written, each with all its traces, and random traces.
func samples(t *testing.T) map[string][]tracetest.Drawing {
	t.Helper()
	all := map[string][]tracetest.Drawing{}
	files, _ := filepath.Glob("internal/rule/testdata/*.txtar")
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		drawings, err := tracetest.Draw(section(archive, "trace"))
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(file)] = drawings
	}
	for seed := range uint64(200) {
		all[fmt.Sprint("random ", seed)] = []tracetest.Drawing{{ID: "t", Spans: random(rand.New(rand.NewPCG(seed, 7)), 5+int(seed))}}
	}
	return all
}

// random draws spans of all kinds, most of them possible.
func random(r *rand.Rand, n int) []*trace.Span {
	spans := []*trace.Span{{ID: "0", Service: "s0", Name: "root", Kind: trace.Server, Start: 5_000_000, Duration: 1_000_000}}
	for i := 1; i < n; i++ {
		p := spans[max(0, i-1-r.IntN(6))]
		s := &trace.Span{
			ID: fmt.Sprint(i), ParentID: p.ID, Service: p.Service, Name: fmt.Sprintf("op %d %d", i%4, r.IntN(3)),
			Kind: trace.Kind(r.IntN(6)), Start: p.Start + trace.Micros(r.Int64N(int64(p.Duration/2+2))), Error: r.IntN(9) == 0,
		}
		s.Duration = trace.Micros(r.Int64N(int64(max(1, p.End()-s.Start)*5/4 + 1)))
		if r.IntN(3) == 0 {
			s.Service = fmt.Sprint("s", r.IntN(5))
		}
		if s.Kind == trace.Client && r.IntN(2) == 0 {
			s.Attrs = trace.AttrsOf(map[string]string{"http.request.method": "GET", "url.full": fmt.Sprintf("http://shop.example/items/%d", 100+r.IntN(4))})
		}
		spans = append(spans, s)
	}
	return spans
}

// traced makes traces of copies of what is drawn, each span changed, so that no two of them share any.
func traced(drawings []tracetest.Drawing, change func(*trace.Span)) []*trace.Trace {
	var traces []*trace.Trace
	for _, d := range drawings {
		spans := make([]*trace.Span, len(d.Spans))
		for i, s := range d.Spans {
			c := *s
			c.Attrs, c.Events, c.Links = slices.Clone(s.Attrs), slices.Clone(s.Events), slices.Clone(s.Links)
			change(&c)
			spans[i] = &c
		}
		traces = append(traces, trace.New(d.ID, spans))
	}
	trace.ResolveCallees(traces...)
	return traces
}

func unchanged(*trace.Span) {}

// essence is all that a reader sees of the reports on some traces, but for ids; names turns names back into what they were.
func essence(traces []*trace.Trace, names *strings.Replacer) string {
	reports := doctor.DiagnoseAll(traces)
	slices.SortFunc(reports, func(a, b doctor.Report) int { return strings.Compare(a.TraceID, b.TraceID) })
	var b strings.Builder
	for _, r := range reports {
		for _, f := range slices.Concat(r.Findings, r.AlsoSeen) {
			fmt.Fprintf(&b, "%s in %s %s > %s ×%d, %d spans, %d µs, saves %+v, then %d, %s %s\n  %s\n  %s\n  %s\n", f.Kind, f.Service, f.Operation, f.Callee,
				f.Count, len(f.SpanIDs), f.CriticalPathUS, f.Saving, f.AfterUS, f.Confidence, f.Evidence, f.Because, f.Unless, f.Fix)
		}
		fmt.Fprintf(&b, "%d findings\n", len(r.Findings))
		for _, s := range r.CriticalPath {
			fmt.Fprintf(&b, "%s %s > %s %d\n", s.Service, s.Operation, s.EdgeTo, s.SelfUS)
		}
	}
	return names.Replace(b.String())
}

// Moving traces in time, shuffling their spans, their order, other ids, or other names of services change nothing in the findings.
func TestInvariance(t *testing.T) {
	plain := strings.NewReplacer()
	for name, drawn := range samples(t) {
		want := essence(traced(drawn, unchanged), plain)
		check := func(how string, names *strings.Replacer, changed []*trace.Trace) {
			if diff := cmp.Diff(want, essence(changed, names)); diff != "" {
				t.Errorf("%s: %s changes the findings (-before +after):\n%s", name, how, diff)
			}
		}
		check("moving in time", plain, traced(drawn, later))
		check("shuffling", plain, traced(shuffled(drawn), unchanged))
		check("changing ids", plain, traced(drawn, reidentified))
		others := slices.Clone(drawn)
		slices.Reverse(others)
		check("reversing the traces", plain, traced(others, unchanged))
		for seed := range 3 {
			names, back := renaming(drawn, seed)
			check("renaming services", back, traced(drawn, func(s *trace.Span) { s.Service = names[s.Service] }))
		}
	}
}

// later moves a span, and what happened in it, by a day and a bit.
func later(s *trace.Span) {
	const by = 86_400_000_123
	s.Start += by
	for i := range s.Events {
		s.Events[i].Time += by
	}
}

func shuffled(drawings []tracetest.Drawing) []tracetest.Drawing {
	r := rand.New(rand.NewPCG(1, 2))
	drawings = slices.Clone(drawings)
	for i, d := range drawings {
		spans := slices.Clone(d.Spans)
		r.Shuffle(len(spans), func(i, j int) { spans[i], spans[j] = spans[j], spans[i] })
		drawings[i].Spans = spans
	}
	return drawings
}

// reidentified gives a span, and those that it names, ids in another order.
func reidentified(s *trace.Span) {
	s.ID = otherID(s.ID)
	if s.ParentID != "" {
		s.ParentID = otherID(s.ParentID)
	}
	for i := range s.Links {
		s.Links[i].SpanID = otherID(s.Links[i].SpanID)
	}
}

func otherID(id string) string { return fmt.Sprintf("%08x-%s", hash(id), id) }

// renaming is other names for services, that say nothing and sort in another order, and the way back.
func renaming(drawings []tracetest.Drawing, seed int) (names map[string]string, back *strings.Replacer) {
	names = map[string]string{}
	var pairs []string
	for _, d := range drawings {
		for _, s := range d.Spans {
			if strings.HasSuffix(s.Service, "proxy") || s.Service == "linkerd" {
				names[s.Service] = s.Service // it tells what it is
			}
			if names[s.Service] == "" {
				names[s.Service] = fmt.Sprintf("q%08xz", hash(fmt.Sprint(seed, s.Service)))
				pairs = append(pairs, names[s.Service], s.Service)
			}
		}
	}
	return names, strings.NewReplacer(pairs...)
}

func hash(text string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(text))
	return h.Sum32()
}

// Diagnosing twice gives the same, byte for byte.
func TestRepeatable(t *testing.T) {
	for name, drawn := range samples(t) {
		report := func() string {
			raw, err := json.Marshal(doctor.DiagnoseAll(traced(drawn, unchanged)))
			if err != nil {
				t.Fatal(err)
			}
			return string(raw)
		}
		if diff := cmp.Diff(report(), report()); diff != "" {
			t.Errorf("%s: two reports on the same traces differ:\n%s", name, diff)
		}
	}
}

// The critical path tiles each root exactly, its shares add up to the root, and a replay without changes takes as long as it took.
func TestTiling(t *testing.T) {
	for name, drawn := range samples(t) {
		tr := traced(drawn, unchanged)[0]
		model := path.New(tr)
		for _, root := range append(tr.Roots, tr.Orphans...) {
			now := root.Start
			for _, s := range model.Critical(root) {
				if s.Lo != now || s.Hi <= s.Lo {
					t.Fatalf("%s: the path of %s has %d to %d after %d", name, root.ID, s.Lo, s.Hi, now)
				}
				now = s.Hi
			}
			if now != root.End() {
				t.Errorf("%s: the path of %s ends at %d, want %d", name, root.ID, now, root.End())
			}
			everything := make([]path.Change, 0, len(tr.Spans))
			for _, s := range tr.Spans {
				// A parent set to its own length would hide what the replay makes of its children.
				if len(s.Children) == 0 && s != root {
					everything = append(everything, path.Capped(s, s.Duration))
				}
			}
			if got := model.Replay(root, everything...); got != root.Duration {
				t.Errorf("%s: replay of %s without a change takes %d, want %d", name, root.ID, got, root.Duration)
			}
		}
		r := doctor.Diagnose(tr)
		var sum trace.Micros
		for _, s := range r.CriticalPath {
			sum += s.SelfUS
		}
		if sum != r.Root.DurationUS {
			t.Errorf("%s: the critical path's shares add up to %d, want %d", name, sum, r.Root.DurationUS)
		}
	}
}

// A report does not contradict itself: nothing that is sure and large is folded away below "nothing to fix", no guess comes before what
// is known, and no number is larger than the whole.
func TestNoContradiction(t *testing.T) {
	for name, drawn := range samples(t) {
		for _, r := range doctor.DiagnoseAll(traced(drawn, unchanged)) {
			consistent(t, name, r)
		}
		for _, tr := range traced(drawn, unchanged) {
			consistent(t, name+" alone", doctor.Diagnose(tr))
		}
	}
}

// The same holds for traces of other systems.
func TestNoContradictionAbroad(t *testing.T) {
	var files []string
	err := filepath.WalkDir(oracles(t), func(file string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(file, ".json") || strings.HasSuffix(file, ".json.gz") {
			files = append(files, file)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatal("no traces", err)
	}
	for _, file := range files {
		if name := filepath.Base(file); name == "truth.json" || name == "manifest.json" {
			continue
		}
		list := traces(t, file)
		for _, r := range doctor.DiagnoseAll(list) {
			consistent(t, file, r)
		}
		for _, tr := range list {
			consistent(t, file+" alone", doctor.Diagnose(tr))
		}
	}
}

func consistent(t *testing.T, name string, r doctor.Report) {
	t.Helper()
	total := r.Root.DurationUS
	for _, f := range slices.Concat(r.Findings, r.AlsoSeen) {
		if s := f.Saving; s.LowUS < 0 || s.LowUS > s.HighUS || s.HighUS > total {
			t.Errorf("%s: %s of %s saves %d to %d of %d µs", name, f.Kind, r.TraceID, s.LowUS, s.HighUS, total)
		}
		if f.CriticalPathUS > total || f.CriticalPathShare > 1 {
			t.Errorf("%s: %s of %s takes %d of %d µs", name, f.Kind, r.TraceID, f.CriticalPathUS, total)
		}
	}
	if r.UnexplainedShare > 1 {
		t.Errorf("%s: %v of %s is unexplained", name, r.UnexplainedShare, r.TraceID)
	}
	for i, f := range r.Findings[min(1, len(r.Findings)):] {
		if before := r.Findings[i]; before.Confidence == doctor.Low && f.Confidence != doctor.Low {
			t.Errorf("%s: in %s, %s is a guess and comes before %s", name, r.TraceID, before.Kind, f.Kind)
		}
	}
	for _, f := range r.AlsoSeen {
		sure := f.Confidence == doctor.High && f.Evidence == doctor.Sufficient && f.Ignored == ""
		if sure && len(r.Findings) == 0 && total > 0 && f.Saving.LowUS*5 >= total {
			t.Errorf("%s: nothing to fix in %s, but %s surely saves %d of %d µs", name, r.TraceID, f.Kind, f.Saving.LowUS, total)
		}
	}
}
