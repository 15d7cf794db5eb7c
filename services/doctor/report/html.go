package report

import (
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"maps"
	"net/url"
	"slices"
	"time"

	"spanwise/doctor"
	"spanwise/doctor/trace"
)

//go:embed page.html
var pageText string

// Style is the style sheet of [HTML]'s page, for other pages that show a [Section].
//
//go:embed page.css
var Style string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"prose":    prose,
	"unbroken": unbroken,
	"style":    func() template.CSS { return template.CSS(Style) },
}).Parse(pageText))

const (
	maxExamples  = 10   // of many traces, how many are drawn
	maxHTMLRows  = 1000 // of a waterfall; also the most notes
	maxNested    = 100  // rows within each other; browsers give up at 512, deeper ones become siblings
	htmlColumns  = 500  // of a bar: finer than a pixel is useless
	minPathSteps = 5    // steps of the critical path that are listed however short they are
	maxPathSteps = 12
)

type htmlPage struct {
	Title            string
	Ranking          *rankingView // of several traces
	Cases            []htmlCase
	Command          string // that made the page; empty if it cannot be repeated
	Notes, MoreNotes []string
}

// An htmlCase is the section on one trace.
type htmlCase struct {
	caseView
	N       int // tells the anchors of several traces apart
	Rows    []*htmlRow
	End     string // of the time scale
	Cropped bool
	Began   string        // when
	Link    string        // the address of the trace's own page; empty if unknown
	Legend  []htmlService // what the colours mean; empty if there is only one
	Steps   []htmlStep
	Rest    string // counts the steps that are left out
}

// An htmlStep is a step of the critical path.
type htmlStep struct {
	Name, Time, Share string
	Percent           float64
}

// An htmlService is a service with its colour.
type htmlService struct {
	Name string
	Hue  int
}

// HTML writes one page that needs nothing else: no script, no font, no network. For several traces it has the
// ranking and the traces that show it best.
//
// Of look, it uses what says where the traces are from.
func HTML(out io.Writer, cases []Case, look Look) error {
	notes := commonNotes(cases)
	few, _ := fewNotes(notes, false)
	page := htmlPage{Notes: few, MoreNotes: notes[len(few):min(len(notes), maxHTMLRows)]}
	if source := shellWords(look.Source); source != "" {
		page.Command = look.command("-html report.html", source)
	}
	for i, c := range examples(cases) {
		h := newHTMLCase(c, i)
		if look.Pages != "" {
			h.Link = look.Pages + url.PathEscape(c.Report.TraceID)
		}
		page.Cases = append(page.Cases, h)
	}
	if len(cases) == 1 {
		page.Title = page.Cases[0].Name + ", " + page.Cases[0].Duration
	} else {
		ranking := newRankingView(cases, Look{})
		page.Title, page.Ranking = ranking.Size, &ranking
	}
	return pageTemplate.Execute(out, page)
}

// began is when the first span of a trace began. Traces made by hand may begin near the epoch, which is no date.
func began(c Case) string {
	if len(c.Trace.Spans) == 0 || c.Trace.Spans[0].Start < aYear {
		return ""
	}
	return time.UnixMicro(int64(c.Trace.Spans[0].Start)).UTC().Format("2006-01-02 15:04:05 UTC")
}

const aYear = 365 * 24 * 3600 * trace.Second

// legend lists the services with their colours.
func legend(c Case) []htmlService {
	const most = 30
	w := &waterfall{hues: map[string]int{}}
	w.colorServices(c.Trace)
	if len(w.hues) < 2 {
		return nil
	}
	var list []htmlService
	for i, service := range slices.Sorted(maps.Keys(w.hues)) {
		if i == most {
			return append(list, htmlService{fmt.Sprintf("and %d more", len(w.hues)-most), -1})
		}
		list = append(list, htmlService{cmp.Or(printable(service), "(no name)"), w.hues[service]})
	}
	return list
}

// Section writes the section on one trace for another page, which must include [Style]. n must be different for each
// section of a page.
func Section(out io.Writer, c Case, n int) error {
	return pageTemplate.ExecuteTemplate(out, "case", newHTMLCase(c, n))
}

// examples are the traces that show the costliest causes best; a single trace is its own example.
func examples(cases []Case) []Case {
	if len(cases) <= 1 {
		return cases
	}
	return typical(cases, maxExamples)
}

func newHTMLCase(c Case, n int) htmlCase {
	w := newWaterfall(c, maxHTMLRows)
	h := htmlCase{caseView: newCaseView(c), N: n, Began: began(c), Rows: w.htmlRows(n, w.tops), End: (w.to - w.from).String(), Cropped: w.cropped,
		Legend: legend(c)}
	seen := map[string]bool{}
	for _, s := range c.Trace.Spans {
		seen[s.Service] = true
	}
	for i, s := range c.Report.CriticalPath {
		if i == maxPathSteps || i >= minPathSteps && s.Share < 0.01 {
			h.Rest = "and " + plural(len(c.Report.CriticalPath)-i, "shorter step")
			break
		}
		h.Steps = append(h.Steps, htmlStep{stepName(s, seen[s.EdgeTo]), s.SelfUS.String(), percent(s.Share), s.Share * 100})
	}
	return h
}

func stepName(s doctor.Step, calleeSeen bool) string {
	text := name(s.Service, s.Operation)
	switch {
	case s.EdgeTo == "":
		return text
	case calleeSeen:
		return text + " → " + printable(s.EdgeTo) + " (in transit)"
	}
	return text + " → " + printable(s.EdgeTo) + " (there or in transit)"
}

// An htmlRow is a row of the waterfall with the rows below it.
type htmlRow struct {
	N, Depth                  int // N is that of the section, for links
	Name, Time, Title, Errors string
	Hue                       int
	Marks                     []int
	Runs                      []htmlRun
	Children                  []*htmlRow
}

// An htmlRun is a part of a bar, in percent of its width.
type htmlRun struct {
	Class       string
	Left, Width float64
}

// htmlRows makes the page's rows of siblings and of the rows below them.
func (w *waterfall) htmlRows(n int, siblings []*row) []*htmlRow {
	var rows []*htmlRow
	for _, r := range siblings {
		h := &htmlRow{N: n, Depth: min(r.depth, 30), Name: r.label(), Time: r.time(), Errors: r.errors(), Marks: r.marks,
			Runs: htmlRuns(w.cells(r, htmlColumns))}
		if len(r.spans) > 0 {
			h.Hue, h.Title = w.hues[r.spans[0].Service], name(r.spans[0].Service, r.spans[0].Name)
		}
		rows = append(rows, h)
		if below := w.htmlRows(n, r.children); r.depth < maxNested {
			h.Children = below
		} else {
			rows = append(rows, below...)
		}
	}
	return rows
}

// htmlRuns joins equal columns of a bar.
func htmlRuns(cells []cell) []htmlRun {
	classes := [...]string{briefly: "run", running: "run", thinly: "part", partly: "part", waited: "path", earlier: "beyond", later: "beyond"}
	percent := func(columns int) float64 { return float64(columns) * 100 / htmlColumns }
	var runs []htmlRun
	for i := 0; i < len(cells); {
		from := i
		for i < len(cells) && cells[i] == cells[from] {
			i++
		}
		if cells[from] != idle {
			runs = append(runs, htmlRun{classes[cells[from]], percent(from), percent(i - from)})
		}
	}
	return runs
}
