package call

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// A query is a statement with its values, if they are shown.
type query struct {
	*Statement
	key string // the text without comments; "" if the text hides its values
}

// A Statement is what a query has in common with executions of the same statement with other values.
type Statement struct {
	Template      string
	tokens        int
	effect        Effect
	housekeeping  bool   // only connection and transaction management
	rows          int    // how many rows it writes, or how many statements it has, as far as the text shows
	OneRow        bool   // selects one row: by its id, or an aggregate of all rows
	listParameter bool   // takes a list of unknown length as one value: = ANY(?), unnest(?)
	longest       int    // the number of values in the longest IN (…)
	OnlyLists     bool   // has no values outside of IN (…)
	cursor        string // by what it continues where another one ended: OFFSET, a cursor, a column's last value; "" if it does not
}

func (p *Parser) query(text queryText) query { return cached(p.queries, text, p.newQuery) }

// newQuery parses a text. A text of two words ("find books") is not a key: it names the table only.
func (p *Parser) newQuery(text queryText) query {
	q := query{Statement: cached(p.statements, normalise(text), newStatement)}
	if !hidesValues(text) && (IsJSON(text.text) || q.tokens > 2) {
		q.key = withoutComments(text)
	}
	return q
}

// newStatement parses a normalised text. If it has several statements, those that are housekeeping are left out, unless all are.
func newStatement(normal string) *Statement {
	const most = 16_384 // bytes: enough to understand a statement
	st := &Statement{}
	var kept []string
	for part := range strings.SplitSeq(normal, ";") {
		words := tokens(part[:min(len(part), most)])
		if len(words) == 0 || housekeepingStatement(words) {
			continue
		}
		if len(kept) == 0 {
			st.cursor, st.OneRow = cursorOf(words), oneRow(words)
		}
		kept = append(kept, strings.TrimSpace(part))
		st.tokens += len(words)
		effect := sqlEffect(words)
		st.effect = max(st.effect, effect)
		if effect == Writes {
			st.rows += max(1, tuples(words))
		} else {
			st.rows = max(st.rows, tuples(words))
		}
		st.listParameter = st.listParameter || hasListParameter(words)
		longest, only := inLists(words)
		st.longest, st.OnlyLists = max(st.longest, longest), st.OnlyLists || only
	}
	st.housekeeping = len(kept) == 0
	st.Template = collapseLists(cmp.Or(strings.Join(kept, "; "), normal))
	return st
}

// housekeepingStatement also recognises statements like SELECT 1, which only check that the connection works.
func housekeepingStatement(words []string) bool {
	if words[0] == "select" {
		return len(words) > 1 && words[1] == "?" && len(words) <= 6 && !hasAny(words, "(", ",") && !readsTable(words)
	}
	return housekeepingStatements[words[0]] && !hasAny(words, "insert", "update", "delete")
}

func hasAny(words []string, any ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(any, w) })
}

// sqlEffect judges a statement by its verb and, for a SELECT, by its other words: it may write in a WITH clause, lock what it reads, or
// read no table and call a function whose effect is unknown (nextval, pg_advisory_lock, a stored procedure).
func sqlEffect(words []string) Effect {
	for len(words) > 1 && words[0] == "(" {
		words = words[1:]
	}
	if effect := verbs[words[0]]; effect != Reads {
		return effect
	}
	for i, w := range words {
		switch w {
		case "insert", "update", "delete", "merge", "create", "into", "updlock":
			return Writes
		case "share":
			if i > 0 && slices.Contains([]string{"for", "key", "in"}, words[i-1]) {
				return Writes
			}
		}
	}
	if words[0] == "select" && !readsTable(words) {
		return Acts
	}
	return Reads
}

// readsTable reports whether a SELECT has a FROM with a table, other than DUAL and its like, or with a built-in table function.
func readsTable(words []string) bool {
	for i, w := range words {
		if w != "from" || i+1 == len(words) {
			continue
		}
		if next := words[i+1]; next == "dual" || next == "sysibm" || i+2 < len(words) && words[i+2] == "(" && letter(next[0]) && !expands(next) {
			continue
		}
		return true
	}
	return false
}

// oneRow reports whether a SELECT reads one row: from one table by its id, or an aggregate of all rows.
func oneRow(words []string) bool {
	if len(words) > 2 && words[2] == "(" && slices.Contains([]string{"count", "sum", "avg", "min", "max", "exists"}, words[1]) {
		return !slices.Contains(words, "group")
	}
	if slices.Contains(words, "join") {
		return false
	}
	for i, w := range words {
		if w == "=" && followedBy(words, i, "?") && columnBefore(words, i) == "id" {
			return true
		}
	}
	return false
}

// withoutColumns shortens a long SELECT by its list of columns, because its tables and conditions say more.
func withoutColumns(template string) string {
	if utf8.RuneCountInString(template) <= maxLine || !strings.HasPrefix(template, "select ") {
		return template
	}
	depth := 0
	for i := range len(template) {
		switch template[i] {
		case '(':
			depth++
		case ')':
			depth--
		case ' ':
			if depth == 0 && strings.HasPrefix(template[i:], " from ") {
				return "select …" + template[i:]
			}
		}
	}
	return template
}
