package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"
	"net/url"
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
	"policy":   policy,
}).Parse(pageText))

// policy allows a page its style sheet, which follows a line break, and nothing else.
func policy() string {
	sum := sha256.Sum256([]byte("\n" + Style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

const (
	maxExamples  = 10   // of many traces, how many are drawn
	maxHTMLRows  = 1000 // of a waterfall; also the most notes
	maxNested    = 100  // rows within each other; browsers give up at 512, deeper ones become siblings
	maxUnfolded  = 600  // rows of single spans that folded rows open to
	maxEach      = 100  // of one folded row
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
	Rule    string
	Rows    []*htmlRow
	End     string // of the time scale
	Cropped bool
	Legend  []htmlColour
	Began   string // when
	Link    string // the address of the trace's own page; empty if unknown
	Steps   []htmlStep
	Rest    string // counts the steps that are left out
}

// An htmlStep is a step of the critical path.
type htmlStep struct {
	Name, Time, Share string
	Percent           float64
}

// HTML writes one page that needs nothing else: no script, no font, no network. For several traces it has the
// ranking and the traces that show it best.
//
// Of look, it uses what says where the traces are from.
func HTML(out io.Writer, cases []Case, look Look) error {
	notes := commonNotes(cases)
	few, _ := fewNotes(notes, false)
	page := htmlPage{Notes: few, MoreNotes: notes[len(few):min(len(notes), maxHTMLRows)]}
	for i, c := range examples(cases) {
		h := newHTMLCase(c, Frame{N: i})
		if look.Pages != "" {
			h.Link = look.Pages + url.PathEscape(c.Report.TraceID)
		}
		page.Cases = append(page.Cases, h)
	}
	if source := shellWords(look.Source); source != "" {
		page.Command = look.command("-html report.html", source)
	}
	if len(cases) == 1 {
		page.Title = page.Cases[0].Name + ", " + page.Cases[0].Duration
	} else {
		ranking := newRankingView(cases, Look{})
		page.Title, page.Ranking = ranking.Size, &ranking
	}
	return pageTemplate.Execute(out, page)
}

// began is when the first span of a trace began. A trace made by hand may begin near the epoch, which is not a real date.
func began(c Case) string {
	const year = 365 * 24 * 3600 * trace.Second
	if len(c.Trace.Spans) == 0 || c.Trace.Spans[0].Start < year {
		return ""
	}
	return time.UnixMicro(int64(c.Trace.Spans[0].Start)).UTC().Format("2006-01-02 15:04:05 UTC")
}

// A Frame fits the section on a trace into another page.
type Frame struct {
	N    int                      // different for each section of the page
	Axis trace.Micros             // what the width of the waterfall stands for, if that is longer than the [Extent] of the trace
	Hue  func(service string) int // the colour of a service, a class from h0 to h5; nil gives colours in the order of the names
	Rule string                   // the address of the explanation of a kind, without the kind itself; "" if there is none
}

// Section writes the section on one trace for another page, which must include [Style].
func Section(out io.Writer, c Case, f Frame) error {
	return pageTemplate.ExecuteTemplate(out, "case", newHTMLCase(c, f))
}

// examples are the traces that show the costliest causes best; a single trace is its own example.
func examples(cases []Case) []Case {
	if len(cases) <= 1 {
		return cases
	}
	return typical(cases, maxExamples)
}

func newHTMLCase(c Case, f Frame) htmlCase {
	w := newWaterfall(c, maxHTMLRows)
	w.to = max(w.to, w.from+f.Axis)
	if f.Hue != nil {
		for service := range w.hues {
			w.hues[service] = min(max(f.Hue(service), 0), hues-1)
		}
	}
	rows := htmlRows{w, f.N, maxUnfolded}
	h := htmlCase{caseView: newCaseView(c), N: f.N, Rule: f.Rule, Rows: rows.of(w.tops), End: (w.to - w.from).String(), Cropped: w.cropped, Legend: w.legend(c.Trace), Began: began(c)}
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
