package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"spanwise/doctor/trace"
)

// An htmlRow is a row of the waterfall with the rows below it.
type htmlRow struct {
	N, Depth                  int // N is that of the section, for links
	Name, Time, Title, Errors string
	Colour                    string // classes
	Marks                     []int
	Runs                      []htmlRun
	Children                  []*htmlRow
	Open                      bool       // whether the children are shown at first
	Each                      []*htmlRow // of a folded row: its spans, each with a row of its own
	Unfold                    string     // in that case, what the rows are
}

// An htmlRun is the columns of a bar that look alike, as the path of an SVG, whose strokes are as wide as the bar is high.
type htmlRun struct{ Class, Path string }

// An htmlColour explains the colours of a service and, unless it is "", of its databases.
type htmlColour struct{ Name, Colour, Database string }

// htmlRows makes the page's rows. unfold is how many more rows of single spans there may be.
type htmlRows struct {
	*waterfall
	n      int
	unfold int
}

// of makes the rows of siblings and of the rows below them.
func (h *htmlRows) of(siblings []*row) []*htmlRow {
	var rows []*htmlRow
	for _, r := range siblings {
		row := h.row(r)
		row.Open = true
		rows = append(rows, row)
		if len(r.spans) > 1 && (r.parent == nil || len(r.parent.spans) == 1) {
			row.Each = h.each(r)
			row.Unfold = "each of the " + Thousands(len(r.spans))
			if n := len(row.Each); n < len(r.spans) {
				row.Unfold = fmt.Sprintf("the first %d of the %s", n, Thousands(len(r.spans)))
			}
		}
		if below := h.of(r.children); r.depth < maxNested {
			row.Children = below
		} else {
			rows = append(rows, below...)
		}
	}
	return rows
}

func (h *htmlRows) row(r *row) *htmlRow {
	row := &htmlRow{N: h.n, Depth: min(r.depth, maxIndent), Name: r.label(), Time: r.time(), Errors: r.errors(), Marks: r.marks,
		Runs: htmlRuns(h.cells(r, htmlColumns))}
	if len(r.spans) > 0 {
		s := r.spans[0]
		row.Colour, row.Title = colour(h.hues[s.Service], isDatabase(s)), name(s.Service, s.Name)
	}
	return row
}

// each makes a row for each span of a folded row, with the rows below it, as long as there may be more.
func (h *htmlRows) each(r *row) []*htmlRow {
	var rows []*htmlRow
	for _, s := range r.spans[:min(len(r.spans), maxEach)] {
		one := &row{spans: []*trace.Span{s}, parent: r.parent, depth: r.depth + 1, orphan: r.orphan}
		if h.unfold <= 0 {
			break
		}
		rows = append(rows, h.alone(one))
	}
	return rows
}

// alone makes the row of a single span and those below it, folded as usual.
func (h *htmlRows) alone(r *row) *htmlRow {
	h.unfold--
	made := h.row(r)
	var below []*trace.Span
	for _, s := range r.spans {
		below = append(below, s.Children...)
	}
	if r.depth >= maxNested {
		return made
	}
	for _, c := range foldSiblings(r, below) {
		if h.unfold <= 0 {
			break
		}
		made.Children = append(made.Children, h.alone(c))
	}
	return made
}

const (
	htmlColumns = 400 // of a bar: finer than a pixel is useless
	maxIndent   = 30  // the style sheet has as many classes
)

// htmlRuns joins the columns of a bar that look alike. A single column with nothing around it is widened, or it would be invisible.
func htmlRuns(cells []cell) []htmlRun {
	classes := [...]string{briefly: "run", running: "run", thinly: "part", partly: "part", waited: "path", earlier: "beyond", later: "beyond"}
	paths := map[string]*strings.Builder{}
	for i := 0; i < len(cells); {
		from := i
		for i < len(cells) && cells[i] == cells[from] {
			i++
		}
		if cells[from] == idle {
			continue
		}
		class, width := classes[cells[from]], i-from
		if paths[class] == nil {
			paths[class] = &strings.Builder{}
		}
		if alone := (from == 0 || cells[from-1] == idle) && (i == len(cells) || cells[i] == idle); width == 1 && alone {
			from, width = min(from, len(cells)-2), 2
		}
		fmt.Fprintf(paths[class], "M%d 0h%d", from, width)
	}
	var runs []htmlRun
	for _, class := range slices.Sorted(maps.Keys(paths)) {
		runs = append(runs, htmlRun{class, paths[class].String()})
	}
	return runs
}

// isDatabase reports whether s is a call to a database or cache, which is drawn in a colour of its own.
func isDatabase(s *trace.Span) bool { return s.Get(trace.DBSystem) != "" && s.Kind != trace.Server }

// colour returns the classes of the style sheet that set a service's colour.
func colour(hue int, database bool) string {
	class := fmt.Sprintf("h%d", hue)
	if database {
		class += " db"
	}
	return class
}

// maxLegend is how many colours are explained; with more services, several have the same.
const maxLegend = hues

// legend explains the colours of a trace: its services, and what they call as databases.
func (w *waterfall) legend(t *trace.Trace) []htmlColour {
	databases := map[string]bool{}
	for _, s := range t.Spans {
		databases[s.Service] = databases[s.Service] || isDatabase(s)
	}
	var list []htmlColour
	for _, service := range slices.Sorted(maps.Keys(databases)) {
		c := htmlColour{Name: printable(cmp.Or(service, "(no service)")), Colour: colour(w.hues[service], false)}
		if databases[service] {
			c.Database = colour(w.hues[service], true)
		}
		list = append(list, c)
	}
	if len(list) > maxLegend {
		return nil
	}
	return list
}
