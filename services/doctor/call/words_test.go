package call

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Two executions of a statement have the same template; different statements do not.
func TestStatement(t *testing.T) {
	p := NewParser()
	for _, c := range []struct{ text, want string }{
		{"SELECT * FROM Book WHERE id = 17", "select * from book where id = ?"},
		{"select *  from book\n where id=$1", "select * from book where id=?"},
		{"SELECT name -- the name\nFROM t /* hint */ WHERE a = 'it''s' AND b = 1.5e3;", "select name from t where a = ? and b = ?"},
		{"SELECT x FROM t WHERE id IN (1, 2,3)", "select x from t where id in (?)"},
		{"INSERT INTO t VALUES (1, 'a'), (2, 'b')", "insert into t values (?)"},
		{`SELECT "Name" FROM table2 WHERE c1 = @p1 AND c2 = :named AND c3 = %s`, `select "Name" from table2 where c1 = ? and c2 = ? and c3 = ?`},
		{"SELECT 'unclosed", "select ?"},
	} {
		if got := p.query(queryText{text: c.text}).Template; got != c.want {
			t.Errorf("statement(%q) is %q, want %q", c.text, got, c.want)
		}
	}
}

// A path's template has {} for identifiers, and keeps versions and words.
func TestPathTemplate(t *testing.T) {
	p := NewParser()
	for path, want := range map[string]string{
		"/orders/17/lines":                        "/orders/{}/lines",
		"/v2/stock/sku-17":                        "/v2/stock/{}",
		"/u/jane@example.org":                     "/u/{}",
		"/d/2026-11-20":                           "/d/{}",
		"/blob/9f86d081884c7d6":                   "/blob/{}",
		"/x/550e8400-e29b-41d4-a716-446655440000": "/x/{}",
		"/oauth2/token":                           "/oauth2/token",
		"/":                                       "/",
	} {
		if got := p.pathTemplate(path); got != want {
			t.Errorf("pathTemplate(%q) is %q, want %q", path, got, want)
		}
	}
}

// Placeholders hide values; the letters of a placeholder inside a literal do not.
func TestHidesValues(t *testing.T) {
	for text, want := range map[string]bool{
		"SELECT 1 WHERE id = $1": true, "SELECT 1 WHERE id = ?": true, "SELECT 1 WHERE id = %s": true, "WHERE id=@id": true, "WHERE id = :id": true,
		"SELECT 1 WHERE id = 17": false, "SELECT '?' WHERE a = 'x:y@z'": false, "SELECT now()::date": false, "/orders/17?state=open": false, "token=REDACTED": true,
	} {
		if got := hidesValues(queryText{text: text}); got != want {
			t.Errorf("hidesValues(%q) is %v, want %v", text, got, want)
		}
	}
}

// Names are split into words in every style.
func TestWords(t *testing.T) {
	for name, want := range map[string][]string{
		"waitForLock": {"wait", "for", "lock"}, "acquire_mutex 7": {"acquire", "mutex"}, "Waiting for lock": {"waiting", "for", "lock"}, "HTTPGet": {"httpget"}, "": nil,
	} {
		if diff := cmp.Diff(want, Words(name)); diff != "" {
			t.Errorf("Words(%q) (-want +got):\n%s", name, diff)
		}
	}
}
