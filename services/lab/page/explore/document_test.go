package explore

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"spanwise/lab/logs"
	"spanwise/lab/page/explore/exploretest"
)

var began = time.UnixMicro(1_700_000_000_000_000)

func added(t *testing.T, file []byte) *File {
	t.Helper()
	f, err := New("http://localhost:1", nil, func(string) int { return 0 }).Add("trace.json", bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func documentOf(t *testing.T, v *View) document {
	t.Helper()
	text, err := Unzip(v.Data())
	if err != nil {
		t.Fatal(err)
	}
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// The viewer gets the spans with their own time, their failures and what links them, and the critical path covers the root.
func TestDocument(t *testing.T) {
	const ms = time.Millisecond
	f := added(t, exploretest.File("ab", began,
		exploretest.Span{Service: "order", Name: "GET /orders", Duration: 100 * ms, Kind: 2, Attrs: map[string]string{"http.route": "/orders"}},
		exploretest.Span{Service: "order", Name: "SELECT orders", Parent: 1, Start: 10 * ms, Duration: 60 * ms, Kind: 3, Attrs: map[string]string{"db.system.name": "sqlite"},
			Event: "row", EventAttrs: map[string]string{"n": "1"}, LinkTrace: "cd", LinkS: "0000000000000009"},
		exploretest.Span{Service: "pricing", Name: "GET /prices", Parent: 1, Start: 50 * ms, Duration: 40 * ms, Error: "out of stock"},
	))
	d := documentOf(t, f.Traces[0])
	c := d.Spans
	got := []any{d.ID, d.Length, c.Parent, c.Start, c.Duration, c.Self, c.Database, len(c.Failed), d.Strings[c.Failed[1]], d.Strings[c.Events[1][0].Name],
		d.Strings[c.Links[1][0]], len(d.Services)}
	want := []any{"000000000000000000000000000000ab", int64(100_000), []int{-1, 0, 0}, []int64{0, 10_000, 50_000}, []int64{100_000, 60_000, 40_000},
		[]int64{20_000, 60_000, 40_000}, []int{1}, 2, "out of stock", "row", "000000000000000000000000000000cd", 2}
	got[0], got[10] = strings.TrimLeft(d.ID, "0"), strings.TrimLeft(got[10].(string), "0")
	want[0], want[10] = "ab", "cd"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	var covered int64
	for i := 0; i < len(d.Critical); i += 3 {
		covered += d.Critical[i+2] - d.Critical[i+1]
	}
	if covered != d.Length {
		t.Errorf("the critical path covers %d of %d µs", covered, d.Length)
	}
}

// Names and values of any length and with any characters become text that can be shown: nothing hidden, nothing that reorders it.
func TestHostileText(t *testing.T) {
	hostile := "a\u202eb\x00c\x1b[31m\u2066d\ufffd<script>alert(1)</script>"
	f := added(t, exploretest.File("ab", began,
		exploretest.Span{Service: hostile, Name: hostile, Duration: time.Second, Attrs: map[string]string{hostile: hostile, "long": strings.Repeat("é", 50_000), "stack": "a\n\tb"}},
		exploretest.Span{Parent: 1, Duration: time.Second, Error: hostile, Event: hostile, EventAttrs: map[string]string{hostile: hostile}},
	))
	v := f.Traces[0]
	d := documentOf(t, v)
	texts := append(d.Strings, v.Service, v.Name, v.Words.Name)
	for _, s := range append(d.Services, service{}) {
		texts = append(texts, s.Name)
	}
	for _, text := range texts {
		if len(text) > maxValue+100 {
			t.Errorf("got a text of %d bytes", len(text))
		}
		for _, r := range text {
			if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control)) {
				t.Errorf("got %U in %q", r, text)
			}
		}
	}
	all := strings.Join(texts, "\n")
	for _, want := range []string{"(no name)", "⟨U+202E⟩", "a\n\tb", "(8000 of 100000 bytes)"} {
		if !strings.Contains(all, want) {
			t.Errorf("got no %q", want)
		}
	}
	section, err := v.Section()
	if err != nil || bytes.Contains(section, []byte("<script>")) {
		t.Errorf("the section has a script, or %v", err)
	}
}

// Lines of the log come with the trace, and name their span.
func TestLogs(t *testing.T) {
	var store logs.Store
	j := exploretest.Start(t)
	const id = "000000000000000000000000000000ab"
	j.Add(id, began, exploretest.Span{Service: "order", Name: "GET /orders", Duration: time.Second})
	store.Add(logs.Line{Trace: id, Span: "0000000000000001", Severity: "ERROR", Message: "no\x00 stock", Time: began.Add(time.Millisecond), Attrs: map[string]string{"sku": "7"}})
	v, err := New(j.URL, &store, func(string) int { return 0 }).Open(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	d := documentOf(t, v)
	if len(d.Logs) != 1 || d.Logs[0].Span != "0000000000000001" || d.Logs[0].At != 1000 || d.Logs[0].Message != "no⟨U+0000⟩ stock" || d.Strings[d.Logs[0].Attrs[1]] != "7" {
		t.Errorf("got %+v", d.Logs)
	}
}

// A file of several traces is a list, one that cannot be read says why, and old files make room.
func TestFiles(t *testing.T) {
	e := New("http://localhost:1", nil, func(string) int { return 0 })
	span := exploretest.Span{Service: "order", Name: "GET /orders", Duration: time.Second}
	several := append(exploretest.File("ab", began, span), exploretest.File("cd", began, span)...)
	first, err := e.Add("two.json", bytes.NewReader(several))
	if err != nil || len(first.Traces) != 2 || first.Traces[1].Path != "/uploads/"+first.Key+"/2" {
		t.Fatalf("got %+v, %v", first, err)
	}
	if _, err := first.Trace(3); err == nil {
		t.Error("the third of two traces: got no error")
	}
	for text, want := range map[string]string{"": "has no spans", "hello": "x.json: ", `{"resourceSpans":[]}`: "has no spans", "\x89PNG\r\n\x1a\n": "picture"} {
		if _, err := e.Add("x.json", strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
	for i := range 3 {
		e.files.put(fmt.Sprint(i), &File{}, keptFiles/2)
	}
	if _, err := e.File(first.Key); err == nil || !strings.Contains(err.Error(), "no longer here") {
		t.Errorf("got %v, want that it is gone", err)
	}
	if got := (&File{Name: "it's; rm"}).Quoted(); got != `'it'\''s; rm'` {
		t.Errorf("got %s", got)
	}
}
