package doctor

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// A statement is a query as it is whatever values it is run with.
type statement struct {
	template string
	words    int
	effect   effect
	chore    bool   // only connection and transaction housekeeping
	rows     int    // how many rows it writes, or how many statements it is, as far as the text says
	single   bool   // asks for one row: by its id, or for a figure over all
	list     bool   // names things by a list of unknown length that is one value: = ANY(?), unnest(?)
	longest  int    // how many values the longest IN (…) has
	sole     bool   // names things by nothing but IN (…)
	page     string // by what it goes on where another one ended: OFFSET, a cursor, a column's last value; "" if by nothing
}

// newStatement reads a normalised text: possibly several statements, of which those that are housekeeping are left out unless all are.
func newStatement(normal string) *statement {
	const enough = 16_384 // bytes that tell what a statement is about
	st := &statement{}
	var kept []string
	for part := range strings.SplitSeq(normal, ";") {
		words := tokens(part[:min(len(part), enough)])
		if len(words) == 0 || sqlChore(words) {
			continue
		}
		if len(kept) == 0 {
			st.page, st.single = pageOf(words), oneRow(words)
		}
		kept = append(kept, strings.TrimSpace(part))
		st.words += len(words)
		effect := sqlEffect(words)
		st.effect = max(st.effect, effect)
		if effect == writes {
			st.rows += max(1, tuples(words))
		} else {
			st.rows = max(st.rows, tuples(words))
		}
		st.list = st.list || takesList(words)
		longest, only := inLists(words)
		st.longest, st.sole = max(st.longest, longest), st.sole || only
	}
	st.chore = len(kept) == 0
	st.template = lists(cmp.Or(strings.Join(kept, "; "), normal))
	return st
}

// tokens are the words of a normalised text: names, quoted names, placeholders, and signs.
func tokens(text string) (list []string) {
	for i := 0; i < len(text); {
		size := 1
		switch c := text[i]; {
		case c == ' ':
			i++
			continue
		case c == '"' || c == '`':
			size = 1 + until(text[i+1:], string(c))
		case inName(c):
			for i+size < len(text) && inName(text[i+size]) {
				size++
			}
		case c == ':' || c == '<' || c == '>' || c == '!':
			for i+size < len(text) && strings.IndexByte(":<>=", text[i+size]) >= 0 {
				size++
			}
		}
		list = append(list, text[i:i+size])
		i += size
	}
	return list
}

func inName(c byte) bool { return letter(c) || c >= '0' && c <= '9' || c == '#' || c >= 0x80 }

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
func sqlEffect(words []string) effect {
	for len(words) > 1 && words[0] == "(" {
		words = words[1:]
	}
	verb := words[0]
	told := verbs[verb]
	if told != reads {
		return told
	}
	for i, w := range words {
		switch w {
		case "insert", "update", "delete", "merge", "create", "into", "updlock":
			return writes
		case "share":
			if i > 0 && slices.Contains([]string{"for", "key", "in"}, words[i-1]) {
				return writes
			}
		}
	}
	if verb == "select" && !readsTable(words) {
		return acts
	}
	return reads
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

// tuples counts the rows of a VALUES list: the brackets that follow it with commas between.
func tuples(words []string) (rows int) {
	start := slices.Index(words, "values")
	if start < 0 {
		return 0
	}
	depth := 0
	for _, w := range words[start+1:] {
		switch {
		case w == "(":
			if depth++; depth == 1 {
				rows++
			}
		case w == ")":
			depth--
		case depth == 0 && w != ",":
			return rows
		}
		if depth < 0 {
			return rows
		}
	}
	return rows
}

// apart reports whether a function makes many things of one value, by what such functions are called in all dialects: unnest, openjson,
// json_each, string_split, array_contains.
func apart(function string) bool { return anyIn(function, "unnest", "json", "array", "split", "xml") }

// takesList reports whether a statement names things by a list that is one value: = ANY(?), array_contains(?, id), FROM openjson(?).
func takesList(words []string) bool {
	for i := 1; i < len(words); i++ {
		if words[i] != "(" {
			continue
		}
		const most = 64 // words
		end := i + max(0, slices.Index(words[i:min(len(words), i+most)], ")"))
		if !slices.Contains(words[i:end], "?") {
			continue
		}
		switch function := words[i-1]; {
		case function == "any" || function == "all" || function == "some":
			return words[i+1] != "select"
		case apart(function):
			if anyIn(function, "unnest", "contains") || i >= 2 && slices.Contains([]string{"from", "join", "in", "lateral", "apply"}, words[i-2]) {
				return true
			}
		}
	}
	return false
}

// inLists counts the values in the longest list, IN (…) or a = ? OR a = ?, and says whether all values of the statement stand in such lists,
// but for those that bound its rows.
func inLists(words []string) (longest int, only bool) {
	depth, inside, size, values, listed := 0, 0, 0, 0, 0 // inside is the depth of the list, 0 outside of one
	same := map[string]int{}                             // values that each column is compared with
	for i, w := range words {
		switch {
		case w == "(":
			if depth++; inside == 0 && i > 0 && words[i-1] == "in" && !after(words, i, "select") && !after(words, i, "with") {
				inside, size = depth, 0
			}
		case w == ")":
			if depth--; depth < inside {
				inside = 0
			}
		case w != "?" || bounds(words[:i]):
		case inside > 0:
			size++
			values++
			listed++
			longest = max(longest, size)
		default:
			values++
			if i > 1 && words[i-1] == "=" {
				same[qualified(words[:i-1])]++
			}
		}
	}
	for _, n := range same {
		if n > 1 {
			listed += n
			longest = max(longest, n)
		}
	}
	return longest, longest > 0 && listed == values
}

// qualified is the column at the end of words, with its table.
func qualified(words []string) string {
	start := len(words) - 1
	for start > 1 && words[start-1] == "." {
		start -= 2
	}
	return strings.Join(words[start:], "")
}

// bounds reports whether what comes next says how many rows are wanted.
func bounds(words []string) bool {
	for len(words) > 0 && words[len(words)-1] == "(" {
		words = words[:len(words)-1]
	}
	return len(words) > 0 && slices.Contains([]string{"limit", "offset", "top", "next", "first"}, words[len(words)-1])
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
