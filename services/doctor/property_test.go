package doctor_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"spanwise/doctor"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
	"spanwise/doctor/trace/tracetest"
)

// A sample is a list of spans that can be changed before it becomes a trace again.
func samples(t *testing.T) map[string][]*trace.Span {
	t.Helper()
	all := map[string][]*trace.Span{}
	files, _ := filepath.Glob("testdata/*.txtar")
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		traces, err := tracetest.Parse(section(archive, "trace"))
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(file)] = traces[0].Spans
	}
	for seed := range uint64(200) {
		all[fmt.Sprint("random ", seed)] = random(rand.New(rand.NewPCG(seed, 7)), 5+int(seed))
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
			Kind: trace.Kind(r.IntN(6)), Start: p.Start + r.Int64N(p.Duration/2+2), Error: r.IntN(9) == 0,
		}
		s.Duration = r.Int64N(max(1, p.End()-s.Start)*5/4 + 1)
		if r.IntN(3) == 0 {
			s.Service = fmt.Sprint("s", r.IntN(5))
		}
		if s.Kind == trace.Client && r.IntN(2) == 0 {
			s.Attrs = map[string]string{"http.request.method": "GET", "url.full": fmt.Sprintf("http://shop.example/items/%d", 100+r.IntN(4))}
		}
		spans = append(spans, s)
	}
	return spans
}

// copied is the spans again, each changed, so that no two traces share any.
func copied(spans []*trace.Span, change func(*trace.Span)) []*trace.Span {
	list := make([]*trace.Span, len(spans))
	for i, s := range spans {
		c := *s
		change(&c)
		list[i] = &c
	}
	return list
}

func unchanged(*trace.Span) {}

// essence is what must stay the same when nothing but names change: all figures, and words without the names.
func essence(r doctor.Report, names *strings.Replacer) string {
	var b strings.Builder
	list := func(findings []doctor.Finding) {
		for _, f := range findings {
			fmt.Fprintf(&b, "%s ×%d %d %+v %s %s %s\n", f.Kind, f.Count, f.CriticalPathUS, f.Saving, f.Confidence, f.Evidence, names.Replace(f.Because))
		}
	}
	list(r.Findings)
	b.WriteString("--\n")
	list(r.AlsoSeen)
	for _, s := range r.CriticalPath {
		fmt.Fprintf(&b, "%s %d\n", s.Operation, s.SelfUS)
	}
	return b.String()
}

// Moving a trace in time, shuffling its spans, renaming its services, or changing its ids changes nothing in the findings.
func TestInvariance(t *testing.T) {
	plain := strings.NewReplacer()
	for name, spans := range samples(t) {
		want := doctor.Diagnose(trace.New("t", copied(spans, unchanged)))
		check := func(how string, names *strings.Replacer, changed []*trace.Span) {
			got := doctor.Diagnose(trace.New("t", changed))
			if diff := cmp.Diff(essence(want, plain), essence(got, names)); diff != "" {
				t.Errorf("%s: %s changes the findings (-before +after):\n%s", name, how, diff)
			}
		}
		check("moving in time", plain, copied(spans, func(s *trace.Span) { s.Start += 86_400_000_123 }))

		r := rand.New(rand.NewPCG(1, 2))
		shuffled := copied(spans, unchanged)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		check("shuffling", plain, shuffled)

		check("changing ids", plain, copied(spans, func(s *trace.Span) {
			s.ID = otherID(s.ID)
			if s.ParentID != "" {
				s.ParentID = otherID(s.ParentID)
			}
		}))

		back := []string{}
		for _, s := range spans {
			back = append(back, "renamed "+s.Service+" service", s.Service)
		}
		check("renaming services", strings.NewReplacer(back...), copied(spans, func(s *trace.Span) { s.Service = "renamed " + s.Service + " service" }))
	}
}

// otherID turns the order of ids around.
func otherID(id string) string { return fmt.Sprintf("%08x-%s", 0xffffffff-hash(id), id) }

func hash(id string) (h uint32) {
	for _, b := range []byte(id) {
		h = h*31 + uint32(b)
	}
	return h
}

// Diagnosing twice gives the same, byte for byte.
func TestRepeatable(t *testing.T) {
	for name, spans := range samples(t) {
		report := func() string {
			raw, err := json.Marshal(doctor.Diagnose(trace.New("t", copied(spans, unchanged))))
			if err != nil {
				t.Fatal(err)
			}
			return string(raw)
		}
		if diff := cmp.Diff(report(), report()); diff != "" {
			t.Errorf("%s: two reports on one trace differ:\n%s", name, diff)
		}
	}
}

// The critical path tiles each root exactly, its shares add up to the root, and a replay without changes takes as long as it took.
func TestTiling(t *testing.T) {
	for name, spans := range samples(t) {
		tr := trace.New("t", copied(spans, unchanged))
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
					everything = append(everything, path.Lasting(s, s.Duration))
				}
			}
			if got := model.Replay(root, everything...); got != root.Duration {
				t.Errorf("%s: replay of %s without a change takes %d, want %d", name, root.ID, got, root.Duration)
			}
		}
		r := doctor.Diagnose(tr)
		var sum int64
		for _, s := range r.CriticalPath {
			sum += s.SelfUS
		}
		if sum != r.Root.DurationUS {
			t.Errorf("%s: the critical path's shares add up to %d, want %d", name, sum, r.Root.DurationUS)
		}
		for _, f := range append(r.Findings, r.AlsoSeen...) {
			if f.Saving.LowUS < 0 || f.Saving.LowUS > f.Saving.HighUS || f.Saving.HighUS > r.Root.DurationUS || f.CriticalPathUS > r.Root.DurationUS {
				t.Errorf("%s: %s saves %d to %d and holds %d of %d", name, f.Kind, f.Saving.LowUS, f.Saving.HighUS, f.CriticalPathUS, r.Root.DurationUS)
			}
		}
	}
}
