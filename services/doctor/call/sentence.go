package call

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Statement is a query as it is whatever values it is run with.
type Statement struct {
	Template string
	words    int
	effect   Effect
	chore    bool   // only connection and transaction housekeeping
	rows     int    // how many rows it writes, or how many statements it is, as far as the text says
	Single   bool   // asks for one row: by its id, or for a figure over all
	list     bool   // names things by a list of unknown length that is one value: = ANY(?), unnest(?)
	longest  int    // how many values the longest IN (…) has
	Sole     bool   // names things by nothing but IN (…)
	page     string // by what it goes on where another one ended: OFFSET, a cursor, a column's last value; "" if by nothing
}

// newStatement reads a normalised text: possibly several statements, of which those that are housekeeping are left out unless all are.
func newStatement(normal string) *Statement {
	const enough = 16_384 // bytes that tell what a statement is about
	st := &Statement{}
	var kept []string
	for part := range strings.SplitSeq(normal, ";") {
		words := tokens(part[:min(len(part), enough)])
		if len(words) == 0 || sqlChore(words) {
			continue
		}
		if len(kept) == 0 {
			st.page, st.Single = pageOf(words), oneRow(words)
		}
		kept = append(kept, strings.TrimSpace(part))
		st.words += len(words)
		effect := sqlEffect(words)
		st.effect = max(st.effect, effect)
		if effect == Writes {
			st.rows += max(1, tuples(words))
		} else {
			st.rows = max(st.rows, tuples(words))
		}
		st.list = st.list || takesList(words)
		longest, only := inLists(words)
		st.longest, st.Sole = max(st.longest, longest), st.Sole || only
	}
	st.chore = len(kept) == 0
	st.Template = lists(cmp.Or(strings.Join(kept, "; "), normal))
	return st
}

// sqlChores are the first words of statements that manage a connection or a transaction.
var sqlChores = map[string]bool{
	"begin": true, "start": true, "commit": true, "rollback": true, "savepoint": true, "release": true, "set": true, "use": true, "reset": true,
	"prepare": true, "deallocate": true, "discard": true, "open": true, "close": true, "ping": true,
}

// sqlChore recognises housekeeping, and SELECT 1 and its likes, which only ask whether the connection lives.
func sqlChore(words []string) bool {
	if words[0] == "select" {
		return len(words) > 1 && words[1] == "?" && len(words) <= 6 && !slices.Contains(words, "(") && !slices.Contains(words, ",") && !readsTable(words)
	}
	return sqlChores[words[0]] && !slices.ContainsFunc(words, func(w string) bool { return w == "insert" || w == "update" || w == "delete" })
}

// sqlEffect judges a statement by its verb, and by what it holds besides: a SELECT may write in a WITH, lock what it reads, or read nothing
// that is stored and call a function that does who knows what (nextval, pg_advisory_lock, a procedure of one's own).
func sqlEffect(words []string) Effect {
	for len(words) > 1 && words[0] == "(" {
		words = words[1:]
	}
	verb := words[0]
	told := verbs[verb]
	if told != Reads {
		return told
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
	if verb == "select" && !readsTable(words) {
		return Acts
	}
	return Reads
}

// readsTable reports whether a SELECT has a FROM, and there neither a table that exists only to stand there nor a function of somebody's own.
func readsTable(words []string) bool {
	for i, w := range words {
		if w != "from" || i+1 == len(words) {
			continue
		}
		if next := words[i+1]; next == "dual" || next == "sysibm" || i+2 < len(words) && words[i+2] == "(" && letter(next[0]) && !apart(next) {
			continue
		}
		return true
	}
	return false
}

// oneRow recognises a SELECT from one table by its id, and one of a figure over all rows.
func oneRow(words []string) bool {
	if len(words) > 2 && words[2] == "(" && slices.Contains([]string{"count", "sum", "avg", "min", "max", "exists"}, words[1]) {
		return !slices.Contains(words, "group")
	}
	if slices.Contains(words, "join") {
		return false
	}
	for i, w := range words {
		if w == "=" && after(words, i, "?") && nameBefore(words, i) == "id" {
			return true
		}
	}
	return false
}

// abridged is a long statement without the columns that it selects: what it asks of which tables tells it from others.
func abridged(template string) string {
	if utf8.RuneCountInString(template) <= line || !strings.HasPrefix(template, "select ") {
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
