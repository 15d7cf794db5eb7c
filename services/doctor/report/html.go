package report

import (
	_ "embed"
	"html/template"
	"io"
)

//go:embed page.html
var pageText string

// Style is the style sheet of [HTML]'s page, for a page of somebody else's that shows a [Section].
//
//go:embed page.css
var Style string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"at":    at,
	"style": func() template.CSS { return template.CSS(Style) },
}).Parse(pageText))

// HTML writes one page that needs nothing else: no script, no font, no network. For several traces it has the
// ranking and the traces that show it best.
func HTML(out io.Writer, cases []Case) error {
	page := htmlPage{Title: plural(len(cases), "trace")}
	notes := commonNotes(cases)
	few, _ := fewNotes(notes, false)
	page.Notes, page.MoreNotes = few, notes[len(few):min(len(notes), maxHTMLRows)]
	if len(cases) == 1 {
		r := cases[0].Report
		page.Title = name(r.Root.Service, r.Root.Operation) + ", " + human(r.Root.DurationUS)
	} else {
		page.Size, page.Causes = summary(cases), htmlCauses(cases)
	}
	for i, c := range examples(cases) {
		page.Cases = append(page.Cases, newHTMLCase(c, i))
	}
	return pageTemplate.Execute(out, page)
}

// Section writes what [HTML] says of one trace, as a section of a page that has [Style]. n tells the sections of one
// page apart.
func Section(out io.Writer, c Case, n int) error {
	return pageTemplate.ExecuteTemplate(out, "case", newHTMLCase(c, n))
}

// mostExamples is how many traces of many are drawn.
const mostExamples = 10

// examples are the traces that the costliest causes show best; one trace alone is its own example.
func examples(cases []Case) []Case {
	if len(cases) <= 1 {
		return cases
	}
	byID := map[string]Case{}
	for _, c := range cases {
		byID[c.Report.TraceID] = c
	}
	var chosen []Case
	for _, k := range causes(cases) {
		if c, ok := byID[k.worst]; ok && len(chosen) < mostExamples {
			chosen = append(chosen, c)
			delete(byID, k.worst)
		}
	}
	return chosen
}

type htmlPage struct {
	Title            string
	Size             string
	Causes           []htmlCause
	Cases            []htmlCase
	Notes, MoreNotes []string
}

type htmlCause struct {
	N                  int // from 1
	Where, Cost, Worst string
	Fix                []part
}

func htmlCauses(cases []Case) []htmlCause {
	total, _, _ := spread(cases)
	all := causes(cases)
	var list []htmlCause
	for i, c := range all[:min(len(all), maxCauses)] {
		list = append(list, htmlCause{i + 1, Where(c.Finding), unbroken(c.costs(len(cases), total)), printable(c.worst), prose(c.Fix)})
	}
	return list
}
