package rule

import "testing"

// A statement that bounds its rows is recognised in any database's words, and however it is laid out.
func TestLimited(t *testing.T) {
	tests := map[string]bool{
		"SELECT * FROM books":                                false,
		"SELECT limits FROM books":                           false,
		"SELECT * FROM books\nLIMIT 5000":                    true,
		"select top 100 * from books":                        true,
		"SELECT * FROM books FETCH FIRST 10 ROWS ONLY":       true,
		"SELECT * FROM books WHERE ROWNUM <= 10 ORDER BY id": true,
	}
	for statement, want := range tests {
		if got := limited(statement); got != want {
			t.Errorf("%q: got %v, want %v", statement, got, want)
		}
	}
}
