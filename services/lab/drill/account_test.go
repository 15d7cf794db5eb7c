package drill

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"spanwise/internal/journal"
	"spanwise/lab/bench"
	"spanwise/lab/export"
	"spanwise/lab/jaeger"
	"spanwise/lab/load"
	"spanwise/lab/native"
)

// trace returns the id of a trace, and span that of a span.
func trace(n int) string { return fmt.Sprintf("%032x", n) }
func span(n int) string  { return fmt.Sprintf("%016x", n) }

// started is a span of a service that has ended, unless it is in progress.
func started(service string, n int, inProgress bool) journal.Span {
	s := journal.Span{TraceID: trace(1), ID: span(n), Service: service, Started: time.Unix(1, 0)}
	if !inProgress {
		s.Ended = time.Unix(2, 0)
	}
	return s
}

func none(journal.Span) bool { return false }

// Each span counts once, by its trace and its own id: found, however often it is stored; or lost, and then within the bound or not.
func TestTally(t *testing.T) {
	spans := []journal.Span{started("order", 1, false), started("order", 2, false), started("pricing", 3, true), started("pricing", 4, false)}
	found := map[string]map[string]int{
		trace(1): {span(1): 3, span(9): 1},
		trace(2): {span(2): 1}, // the span id is the same, the trace is not
	}
	var o Outcome
	o.tally(spans, found, func(s journal.Span) bool { return s.Ended.IsZero() })
	if o.Started != 4 || o.Found != 1 || o.Copies != 2 || o.Lost != 3 || o.InWork != 1 || o.Allowed != 1 || o.Unknown != 2 {
		t.Errorf("got %+v, want 4 started, 1 found, 2 copies, 3 lost, of them 1 in progress and allowed, 2 unknown", o)
	}
	if o.LostBy["order"] != 1 || o.LostBy["pricing"] != 2 {
		t.Errorf("got %v, want 1 of order and 2 of pricing", o.LostBy)
	}
	if len(o.Missing) != 2 || !strings.Contains(o.Missing[0], span(2)) {
		t.Errorf("got %q, want the two beyond the bound", o.Missing)
	}
}

// An outcome names the first missing spans only.
func TestMissingAreFew(t *testing.T) {
	var spans []journal.Span
	for n := range 100 {
		spans = append(spans, started("order", n+1, false))
	}
	var o Outcome
	o.tally(spans, nil, none)
	if o.Lost != 100 || len(o.Missing) != shown {
		t.Errorf("got %d lost and %d named, want 100 and %d", o.Lost, len(o.Missing), shown)
	}
}

// refuse is what a busy service does to n requests.
func refuse(o *Outcome, n int) {
	o.Refused, o.Load.Failures = n, []load.Failure{{Kind: unavailable, Count: n}}
}

// A busy service refuses a request before it has a trace. A 503 with a trace says that something else is away.
func TestIsRefusal(t *testing.T) {
	busy := http.Header{"Retry-After": {"1"}}
	for _, test := range []struct {
		answer load.Answer
		want   bool
	}{
		{load.Answer{Kind: unavailable, Header: busy}, true},
		{load.Answer{Kind: unavailable, Header: busy, TraceID: trace(1)}, false},
		{load.Answer{Kind: unavailable}, false}, // of a proxy
		{load.Answer{Kind: "status 429", Header: busy}, false},
		{load.Answer{Kind: load.CutOff, Header: busy}, false},
	} {
		if got := isRefusal(test.answer); got != test.want {
			t.Errorf("%+v: got %v, want %v", test.answer, got, test.want)
		}
	}
}

// A drill fails if spans are lost, requests fail or nothing was measured, beyond what its text allows.
func TestJudge(t *testing.T) {
	good := Outcome{Requests: 10, Started: 10, Found: 10, Load: load.Report{Accepted: 5}}
	for _, test := range []struct {
		name   string
		change func(*Outcome)
		want   string // in the error; empty for none
	}{
		{"nothing lost", func(*Outcome) {}, ""},
		{"lost within the bound", func(o *Outcome) { o.Lost, o.Allowed = 3, 3 }, ""},
		{"lost", func(o *Outcome) { o.Lost, o.Allowed, o.Missing = 4, 3, []string{"order, trace 1"} }, "1 spans were lost, the first: order, trace 1"},
		{"no spans", func(o *Outcome) { o.Started = 0 }, "nothing was measured"},
		{"no answers", func(o *Outcome) { o.Load.Accepted = 0 }, "nothing was measured"},
		{"not sent", func(o *Outcome) { o.Load.NotSent = 7 }, "7 of 10 requests were refused because of overload or not sent"},
		{"allowed failures", func(o *Outcome) { o.Load.Failures = []load.Failure{{Kind: "status 500", Count: 2}} }, ""},
		{"a busy machine", func(o *Outcome) { refuse(o, 5) }, ""},
		{"a service is away", func(o *Outcome) { refuse(o, 3); o.Load.Failures[0].Count++; o.away = "no inventory" }, "1 requests failed (status 503), which this drill does not allow, the first: no inventory"},
		{"too busy a machine", func(o *Outcome) { refuse(o, 6) }, "6 of 10 requests were refused"},
		{"failures", func(o *Outcome) { o.Load.Failures = []load.Failure{{Kind: load.CutOff, Count: 2, First: "EOF"}} }, "2 requests failed (answer cut off)"},
		{"unknown spans", func(o *Outcome) { o.Unknown = 1 }, "the journal is incomplete"},
	} {
		o := good
		test.change(&o)
		Drill{MayFail: []string{"status 500"}}.judge(&o)
		if err := o.Err(); (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
	}
}

// fakeJaeger has the spans 1 to n of the trace 1, of which the first is stored twice. The n is what that number of looks returns.
func fakeJaeger(t *testing.T, at func(look int64) int) *Rig {
	t.Helper()
	var looks atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := at(looks.Add(1))
		switch {
		case n < 0:
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		case n == 0 || !strings.Contains(r.URL.Path, trace(1)):
			w.WriteHeader(http.StatusNotFound)
			return
		}
		all := []string{`{"spanId":"` + span(1) + `"}`}
		for i := range n {
			all = append(all, `{"spanId":"`+span(i+1)+`"}`)
		}
		fmt.Fprintf(w, `{"result":{"resourceSpans":[{"scopeSpans":[{"spans":[%s]}]}]}}`, strings.Join(all, ","))
	}))
	t.Cleanup(s.Close)
	return &Rig{traces: jaeger.New(s.URL, http.DefaultTransport), journal: filepath.Join(t.TempDir(), "spans")}
}

// Spans are looked for until all are there, also while Jaeger does not answer.
func TestFindWaits(t *testing.T) {
	r := fakeJaeger(t, func(look int64) int { return []int{-1, 0, 1, 3}[min(look-1, 3)] })
	spans := []journal.Span{started("order", 1, false), started("order", 3, false)}
	f, err := r.find(t.Context(), spans, time.Minute)
	if err != nil || f.spans[trace(1)][span(3)] != 1 || f.spans[trace(1)][span(1)] != 2 {
		t.Errorf("got %v, %v, want span 3 once and span 1 twice", f.spans, err)
	}
}

// When patience ends, what was found so far is returned, and why there is not more if Jaeger did not answer.
func TestFindGivesUp(t *testing.T) {
	spans := []journal.Span{started("order", 1, false), started("order", 2, false)}
	f, err := fakeJaeger(t, func(int64) int { return 1 }).find(t.Context(), spans, 0)
	if err != nil || len(f.spans[trace(1)]) != 1 {
		t.Errorf("one is missing: got %v, %v, want the other one", f.spans, err)
	}
	if _, err := fakeJaeger(t, func(int64) int { return -1 }).find(t.Context(), spans, 0); err == nil {
		t.Error("Jaeger does not answer: got no error")
	}
}

// The account reads the journal, whose last line may be cut off, and counts copies.
func TestAccount(t *testing.T) {
	r := fakeJaeger(t, func(int64) int { return 2 })
	line := func(event string, n int) string {
		return fmt.Sprintf("%s %d %s %s order\n", event, time.Now().UnixNano(), trace(1), span(n))
	}
	text := line("start", 1) + line("start", 2) + line("end", 1) + line("end", 2) + line("start", 3) + line("start", 4)[:60]
	if err := os.WriteFile(r.journal, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	d := Drill{MayLose: func(_ *Rig, s journal.Span) bool { return s.ID == span(3) }}
	var o Outcome
	if err := d.account(t.Context(), r, &o); err != nil {
		t.Fatal(err)
	}
	if o.Started != 3 || o.Found != 2 || o.Copies != 1 || o.Lost != 1 || o.Allowed != 1 || o.InWork != 1 {
		t.Errorf("got %+v, want 3 started, 2 found, 1 copy, and 1 lost in progress within the bound", o)
	}
}

// Spans that had ended are looked for until they are in Jaeger. From then on, they may not be lost with the Collector's queue.
func TestSettle(t *testing.T) {
	r := fakeJaeger(t, func(look int64) int { return []int{0, 1}[min(look-1, 1)] })
	spans := []journal.Span{started("order", 1, false), started("order", 2, true)}
	var text strings.Builder
	for _, s := range spans {
		fmt.Fprintf(&text, "start %d %s %s order\n", s.Started.UnixNano(), s.TraceID, s.ID)
		if !s.Ended.IsZero() {
			fmt.Fprintf(&text, "end %d %s %s order\n", s.Ended.UnixNano(), s.TraceID, s.ID)
		}
	}
	if err := os.WriteFile(r.journal, []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := r.settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	killed := r.settled.Add(time.Minute)
	r.Killed = map[string]time.Time{native.Collector: killed}
	late, later := started("order", 3, false), started("order", 4, false)
	late.Started, late.Ended = r.settled.Add(time.Second), r.settled.Add(2*time.Second)
	later.Started, later.Ended = killed.Add(time.Second), killed.Add(2*time.Second)
	for i, want := range []bool{false, true, true, false} {
		s := append(spans, late, later)[i]
		if got := mayBeInQueue(r, s); got != want {
			t.Errorf("%s: may be lost: got %v, want %v", describe(s), got, want)
		}
	}
}

// What a service says about its spans at its end is read from its last lines.
func TestUndelivered(t *testing.T) {
	const said = "  level=INFO msg=\"draining: 2 requests\"\n  pricing: 1042 spans were lost, the collector at X did not accept them: context deadline exceeded"
	if n, err := undelivered(said); n != 1042 || err != nil {
		t.Errorf("got %d, %v, want 1042", n, err)
	}
	if _, err := undelivered("  level=INFO msg=draining"); err == nil {
		t.Error("got no error from a service that said nothing")
	}
}

// Every drill has a name, a text and something to break, and names are unique.
func TestAll(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range All {
		if d.Name == "" || d.Text == "" || d.Break == nil || seen[d.Name] {
			t.Errorf("%+v lacks something, or its name is used twice", d)
		}
		seen[d.Name] = true
	}
}

// Drills are found by their names, or by -quick; an unknown name is an error that says how to list them.
func TestFindDrills(t *testing.T) {
	if all, err := Find("", false); err != nil || len(all) != len(All) {
		t.Errorf("got %d, %v, want all %d", len(all), err, len(All))
	}
	if quick, err := Find("", true); err != nil || len(quick) < 3 || len(quick) > 4 {
		t.Errorf("got %d, %v, want the 3 or 4 for CI", len(quick), err)
	}
	if _, err := Find("clock", true); err == nil || !strings.Contains(err.Error(), "leave out -quick") {
		t.Errorf("got %v, want that the drill of the clock is not quick", err)
	}
	if some, err := Find("^(queue|jaeger)-", false); err != nil || len(some) != 4 {
		t.Errorf("got %d, %v, want 2 of the queue and 2 of Jaeger", len(some), err)
	}
	if _, err := Find("(", false); err == nil {
		t.Error("got no error for half a regular expression")
	}
	if _, err := Find("nonsense", false); err == nil || !strings.Contains(err.Error(), "-list") {
		t.Errorf("got %v, want how to list them", err)
	}
}

// The tables name every drill, what failed, and what was skipped and why.
func TestReport(t *testing.T) {
	machine := bench.Machine{CPU: "Z80", Cores: 1, Date: "2026-01-02"}
	r := Report{
		{Drill: "a", Text: "Breaks a.", Machine: machine, Commit: "abc1234", Requests: 1200, Started: 9, Found: 7, Lost: 2, InWork: 1, Refused: 4, Load: load.Report{
			Failures: []load.Failure{{Kind: unavailable, Count: 5}, {Kind: "timeout", Count: 3}},
		}},
		{Drill: "b", Text: "Breaks b.", Machine: machine, Requests: 5, Wrong: []string{"lost"}},
		{Drill: "c", Text: "Breaks c.", Machine: machine, Skipped: "it needs root"},
	}
	for _, text := range []string{r.String(), r.Markdown()} {
		for _, want := range []string{"1,200", "4 refused, 1 status 503, 3 timeout", "2 (1 in progress)", "**failed**", "Z80, 1 cores", "2026-01-02", "abc1234", "skipped: it needs root"} {
			if !strings.Contains(text, want) {
				t.Errorf("got\n%s\nwant %q in it", text, want)
			}
		}
	}
	if !strings.Contains(r.Markdown(), "- **b**: Breaks b.") {
		t.Errorf("got\n%s\nwant what each drill breaks", r.Markdown())
	}
}

// An outcome takes the place of the same drill's, in the order of all drills, but one that was skipped says less than what was measured.
func TestReportWith(t *testing.T) {
	first, second, third := All[0].Name, All[1].Name, All[2].Name
	r := Report{{Drill: first, Commit: "a"}, {Drill: third, Commit: "a"}}
	r = r.With(Outcome{Drill: third, Commit: "b"}).With(Outcome{Drill: second, Skipped: "it needs root"}).With(Outcome{Drill: first, Skipped: "it needs root"})
	want := Report{{Drill: first, Commit: "a"}, {Drill: second, Skipped: "it needs root"}, {Drill: third, Commit: "b"}}
	if diff := cmp.Diff(want, r, cmpopts.IgnoreUnexported(Outcome{}, load.Report{})); diff != "" {
		t.Error(diff)
	}
}

// The outcomes in docs are read without a loss, and are those of the table on the page.
func TestReadReport(t *testing.T) {
	const file, page = "../../../docs/drill.json", "../../../docs/drills.md"
	r, err := Read(file)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "drill.json")
	if err := export.WriteJSON(copied, r, "  "); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(readText(t, file), readText(t, copied)); diff != "" {
		t.Errorf("%s is not the same after it was read and written: %s", file, diff)
	}
	if text := r.Markdown(); !strings.Contains(readText(t, page), text) {
		t.Errorf("%s lacks what %s says:\n%s", page, file, text)
	}
}

func readText(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
