package call

import "testing"

func read(system, text string) *Statement {
	return NewParser().query(newQueryText(system, text)).Statement
}

// The effect of a statement follows from its verb and from locks, a WITH that writes, and functions without a table.
func TestStatementEffect(t *testing.T) {
	for text, want := range map[string]Effect{
		"SELECT * FROM book WHERE id = 7":                                         Reads,
		"select count(*) from book":                                               Reads,
		"WITH b AS (SELECT 1) SELECT * FROM b":                                    Reads,
		"WITH b AS (DELETE FROM book RETURNING id) SELECT * FROM b":               Writes,
		"SELECT id FROM job ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED":           Writes,
		"SELECT id FROM job FOR KEY SHARE":                                        Writes,
		"SELECT share FROM company":                                               Reads,
		"SELECT id FROM job WITH (UPDLOCK) WHERE id = 7":                          Writes,
		"SELECT nextval('book_seq')":                                              Acts,
		"select book_seq.nextval from dual":                                       Acts,
		"SELECT NEXT VALUE FOR book_seq":                                          Acts,
		"SELECT pg_advisory_xact_lock($1)":                                        Acts,
		"SELECT now()":                                                            Acts,
		"SELECT * FROM claim_job($1)":                                             Acts,
		"SELECT * FROM unnest($1::int[]) AS i":                                    Reads,
		"SELECT * FROM book WHERE lent < now()":                                   Reads,
		"INSERT INTO book VALUES (1)":                                             Writes,
		"SET NOCOUNT ON; UPDATE [Books] SET [A] = @p0 WHERE [Id] = @p1;":          Writes,
		"EXEC dbo.GetBook @id":                                                    Acts,
		"/* books */ SELECT * FROM book":                                          Reads,
		"MATCH (b:Book) RETURN b":                                                 Reads,
		"MERGE [B] USING (VALUES (@p0, 0), (@p1, 1)) AS i ([A], p) ON 1=0 INSERT": Writes,
	} {
		if got := read("postgresql", text).effect; got != want {
			t.Errorf("%q has effect %d, want %d", text, got, want)
		}
	}
}

// A statement is housekeeping if it does nothing else.
func TestStatementHousekeeping(t *testing.T) {
	for text, want := range map[string]bool{
		"SELECT 1": true, "/* ping */ SELECT 1": true, "SELECT 1 FROM DUAL": true, "SELECT 'x' AS alive": true, "BEGIN": true, "SET search_path TO a, b": true,
		"SELECT 1 AS one FROM books LIMIT 1": false, "SELECT f(1)": false, "SET NOCOUNT ON; DELETE FROM books": false, "SELECT version()": false,
		"BEGIN BATCH INSERT INTO t (a) VALUES (?); APPLY BATCH": false,
	} {
		if got := read("", text).housekeeping; got != want {
			t.Errorf("%q is housekeeping: %v, want %v", text, got, want)
		}
	}
}

// The number of items in a statement follows from its rows, its statements and its lists.
func TestStatementSize(t *testing.T) {
	for _, c := range []struct {
		text    string
		rows    int
		list    bool
		longest int
		sole    bool
	}{
		{"INSERT INTO t (a, b) VALUES ($1, $2)", 1, false, 0, false},
		{"INSERT INTO t (a, b) VALUES ($1, f($2)), ($3, $4) ON CONFLICT DO NOTHING", 2, false, 0, false},
		{"UPDATE a SET b = ?; UPDATE a SET b = ?", 2, false, 0, false},
		{"SELECT * FROM t WHERE id = ANY($1)", 0, true, 0, false},
		{"SELECT * FROM t WHERE $1 = ANY(tags)", 0, false, 0, false},
		{"SELECT * FROM t WHERE id = ANY(SELECT a FROM b WHERE c = $1)", 0, false, 0, false},
		{"INSERT INTO t SELECT * FROM unnest($1::int[], $2::date[])", 1, true, 0, false},
		{"SELECT * FROM t WHERE id IN (SELECT value FROM OPENJSON(@ids))", 0, true, 0, false},
		{"SELECT * FROM t WHERE array_contains(?, id)", 0, true, 0, false},
		{"SELECT json_extract(doc, ?) FROM t", 0, false, 0, false},
		{"SELECT * FROM t WHERE id IN (?, ?, ?) LIMIT ?", 0, false, 3, true},
		{"SELECT * FROM t WHERE id IN (%(a)s, %(b)s)", 0, false, 2, true},
		{"SELECT * FROM t WHERE state IN (?, ?) AND id = ?", 0, false, 2, false},
		{"SELECT * FROM t WHERE id = ? OR id = ? OR id = ?", 0, false, 3, true},
		{"SELECT * FROM a, b WHERE a.id = ? AND b.id = ?", 0, false, 0, false},
		{"SELECT * FROM t WHERE (a, b) IN ((?, ?), (?, ?))", 0, false, 4, true},
	} {
		st := read("", c.text)
		if st.rows != c.rows || st.listParameter != c.list || st.longest != c.longest || st.OnlyLists != c.sole {
			t.Errorf("%q: rows %d, list %v, longest %d, sole %v; want %+v", c.text, st.rows, st.listParameter, st.longest, st.OnlyLists, c)
		}
	}
}

// A statement continues a list if it has an order and an offset, or a bound on the column by which it is ordered.
func TestStatementCursor(t *testing.T) {
	for text, want := range map[string]string{
		"SELECT * FROM t ORDER BY id LIMIT $1 OFFSET $2":                                      "OFFSET",
		"SELECT * FROM t ORDER BY id LIMIT ?, ?":                                              "LIMIT",
		"SELECT * FROM t WHERE id > ? ORDER BY id LIMIT ?":                                    "id",
		"SELECT * FROM `t` WHERE `t`.`id` > ? ORDER BY `t`.`id` ASC LIMIT ?":                  "id",
		"SELECT TOP (@p) * FROM [t] WHERE [t].[id] < @i ORDER BY [t].[id] DESC":               "id",
		"SELECT * FROM t WHERE (made, id) > ($1, $2) ORDER BY made, id LIMIT 100":             "made",
		"FETCH FORWARD 100 FROM c":                                                            "FETCH",
		"SELECT * FROM t WHERE id = $1 LIMIT $2 OFFSET $3":                                    "",
		"SELECT * FROM t WHERE id = $1 ORDER BY id LIMIT $2 OFFSET $3":                        "",
		"SELECT * FROM t WHERE age > ? ORDER BY name LIMIT ?":                                 "",
		"SELECT * FROM t WHERE id > ? ORDER BY id":                                            "",
		"SELECT rank() OVER (PARTITION BY a ORDER BY b) FROM t WHERE id = ?":                  "",
		"SELECT * FROM t ORDER BY id OFFSET @p0 ROWS FETCH NEXT @p1 ROWS ONLY":                "OFFSET",
		"SELECT x FROM t WHERE a = ? AND made < ? ORDER BY made DESC FETCH FIRST ? ROWS ONLY": "made",
		"UPDATE t SET a = ? WHERE id > ?":                                                     "",
	} {
		if got := read("", text).cursor; got != want {
			t.Errorf("%q continues a list by %q, want %q", text, got, want)
		}
	}
}

// In some languages "…" is a value; in JSON it may be the name of one.
func TestLanguages(t *testing.T) {
	for _, c := range []struct{ system, text, want string }{
		{"postgresql", `SELECT "Name" FROM b WHERE a = 'x'`, `select "Name" from b where a = ?`},
		{"mysql", `SELECT name FROM b WHERE a = "it\"s"`, "select name from b where a = ?"},
		{"mongodb", `{"find": "books", "filter": {"isbn": "978"}}`, `{"find": ?, "filter": {"isbn": ?}}`},
		{"mongodb", `{"_id": {"$in": ["a", "b"]}}`, `{"_id": {"$in": [?]}}`},
		{"postgresql", "SELECT a::int FROM b WHERE c = :c AND d = %(d)s AND e = :1", "select a::int from b where c = ? and d = ? and e = ?"},
		{"neo4j", "MATCH (b:Book {id: $id}) RETURN b", "match (b:book {id: ?}) return b"},
	} {
		if got := read(c.system, c.text).Template; got != c.want {
			t.Errorf("%s: %q becomes %q, want %q", c.system, c.text, got, c.want)
		}
	}
}

// Two keys differ in whole words, and the word before them shows whether they are pages.
func TestPageParameter(t *testing.T) {
	for _, c := range []struct{ a, b, head, part string }{
		{"GET h/t?after=19&n=5", "GET h/t?after=29&n=5", "GET h/t?after=", "29"},
		{"OFFSET 10", "OFFSET 100", "OFFSET ", "100"},
		{`{"from": 10}`, `{"from": 20}`, `{"from": `, "20"},
		{"SCAN 0", "SCAN 17", "SCAN ", "17"},
	} {
		if head, part := Difference(c.a, c.b); head != c.head || part != c.part {
			t.Errorf("Difference(%q, %q) is %q, %q, want %q, %q", c.a, c.b, head, part, c.head, c.part)
		}
	}
	for name, want := range map[string]bool{"page": true, "pageIndex": true, "$skip": true, "start-after": true, "next_token": true, "isbn": false, "lastname": false, "": false} {
		if got := isPageKey(name); got != want {
			t.Errorf("isPageKey(%q) is %v, want %v", name, got, want)
		}
	}
}
