package call

import (
	"fmt"
	"testing"
	"unicode/utf8"

	"spanwise/doctor/trace"
)

// FuzzCalls parses calls with any text and any URL. Parsing must not panic, and must be deterministic.
func FuzzCalls(f *testing.F) {
	f.Add("postgresql", "SELECT * FROM t WHERE (a, b) > ($1, %(b)s) ORDER BY a LIMIT ?, ? -- x", "http://h/a/7?page=1")
	f.Add("mysql", `INSERT INTO t VALUES (1, "it\"s"), (2, '`, "://?&=%")
	f.Add("redis", "MGET a:1 b\nget ?", "/a/b,c?after=1&after=2")
	f.Add("mongodb", `{"find": "b", "documents": [{"a": [`, "http://10.0.0.1:80/x/_search/y")
	f.Fuzz(func(t *testing.T, system, text, url string) {
		spans := []*trace.Span{{ID: "root", Service: "a", Name: "GET /", Kind: trace.Server, Duration: 100_000}}
		for i := range 12 {
			more := fmt.Sprint(text, i/2)
			spans = append(spans,
				&trace.Span{ID: fmt.Sprint("q", i), ParentID: "root", Service: "a", Name: text, Kind: trace.Client, Start: trace.Micros(i) * 8000, Duration: 3000,
					Attrs: trace.AttrsOf(map[string]string{"db.system": system, "db.statement": more})},
				&trace.Span{ID: fmt.Sprint("h", i), ParentID: "root", Service: "a", Name: system, Kind: trace.Client, Start: trace.Micros(i)*8000 + 4000, Duration: 3000,
					Attrs: trace.AttrsOf(map[string]string{"http.request.method": "GET", "url.full": fmt.Sprint(url, i)})})
		}
		NewParser().Calls(trace.New("t", spans))
		if !utf8.ValidString(text) {
			return
		}
		a, b := NewParser().query(newQueryText(system, text)), NewParser().query(newQueryText(system, text))
		if a.Template != b.Template || a.key != b.key {
			t.Errorf("%q is read as %q and as %q", text, a.Template, b.Template)
		}
	})
}
