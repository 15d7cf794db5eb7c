package smoke

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"spanwise/doctor/trace"
	"spanwise/lab/scenario"
)

// A Golden is one of the golden files that order's tests assert: a request, the status of its answer and the spans it makes.
type Golden struct {
	Request scenario.Request
	tree    string
}

// Load reads a golden file such as "healthy" from the source tree at root.
func Load(root, name string) (Golden, error) {
	text, err := os.ReadFile(filepath.Join(root, "services", "order", "testdata", name+".txt"))
	if err != nil {
		return Golden{}, fmt.Errorf("the golden files are part of the source tree: %w", err)
	}
	return parse(string(text))
}

// parse reads a golden file: the request with its body, the status, an empty line, and one line for each span.
func parse(text string) (Golden, error) {
	head, spans, found := strings.Cut(text, "\n\n")
	request, code, _ := strings.Cut(head, "\n")
	words := strings.SplitN(request, " ", 3) // method, address, body
	status, err := strconv.Atoi(code)
	if !found || len(words) != 3 || err != nil {
		return Golden{}, fmt.Errorf("%q does not begin like a golden file", head)
	}
	service, path, _ := strings.Cut(strings.TrimPrefix(words[1], "http://"), "/")
	r := scenario.Request{Service: service, Method: words[0], Path: "/" + path, Body: words[2], Status: status}
	return Golden{r, canonical(strings.Split(strings.TrimSpace(spans), "\n"), "")}, nil
}

// Spans returns how many spans the request makes.
func (g Golden) Spans() int { return strings.Count(g.tree, "\n") }

// Matches reports whether a trace consists of exactly the spans of the golden file, each with the parent it has there.
func (g Golden) Matches(t *trace.Trace) bool { return treeOf(t) == g.tree }

// Complete reports whether a trace has exactly the spans of the golden file, whatever their parents. The reader of traces moves a span
// to another parent if their times do not fit, as on an overloaded machine.
func (g Golden) Complete(t *trace.Trace) bool { return slices.Equal(flat(treeOf(t)), flat(g.tree)) }

// flat returns the spans of a tree, sorted.
func flat(tree string) (spans []string) {
	for line := range strings.Lines(tree) {
		if span := strings.TrimSpace(line); span != orphan {
			spans = append(spans, span)
		}
	}
	slices.Sort(spans)
	return spans
}

// Mismatch returns an error that shows the spans of a trace and those of the golden file.
func (g Golden) Mismatch(t *trace.Trace) error {
	return fmt.Errorf("trace %s: got\n%swant\n%s", t.ID, treeOf(t), g.tree)
}

// canonical reduces the lines of a tree to what equal requests have in common: no times, no attributes, and sorted siblings.
func canonical(lines []string, indent string) string {
	var subtrees []string
	for i := 0; i < len(lines); {
		end := i + 1
		for end < len(lines) && strings.HasPrefix(lines[end], indent+" ") {
			end++
		}
		words := strings.Fields(lines[i])[1:] // without the time
		for len(words) > 0 && (strings.Contains(words[len(words)-1], "=") || words[len(words)-1] == "ERROR") {
			words = words[:len(words)-1]
		}
		subtrees = append(subtrees, indent+strings.Join(words, " ")+"\n"+canonical(lines[i+1:end], indent+"  "))
		i = end
	}
	slices.Sort(subtrees)
	return strings.Join(subtrees, "")
}

const orphan = "orphan"

// treeOf writes a trace in canonical form. Spans whose parent is missing follow under the line orphan.
func treeOf(t *trace.Trace) string {
	tree := subtrees(t.Roots, "")
	if len(t.Orphans) > 0 {
		tree += orphan + "\n" + subtrees(t.Orphans, "  ")
	}
	return tree
}

var kinds = map[trace.Kind]string{
	trace.Internal: "internal", trace.Server: "server", trace.Client: "client", trace.Producer: "producer", trace.Consumer: "consumer",
}

func subtrees(spans []*trace.Span, indent string) string {
	var all []string
	for _, s := range spans {
		if !connects(s) {
			all = append(all, fmt.Sprintf("%s%s %s %s\n%s", indent, s.Service, kinds[s.Kind], s.Name, subtrees(s.Children, indent+"  ")))
		}
	}
	slices.Sort(all)
	return strings.Join(all, "")
}

// connects reports whether a span opens a database connection. Whether a request needs to depends on the requests before it.
func connects(s *trace.Span) bool {
	return s.Name == "connect" && s.Get(trace.DBSystem) != "" && s.Get(trace.DBText) == "" && len(s.Children) == 0
}
