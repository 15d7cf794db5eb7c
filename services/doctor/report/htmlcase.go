package report

import "spanwise/doctor"

// An htmlCase is what the page says of one trace.
type htmlCase struct {
	N                         int // tells the anchors of several traces apart
	ID                        string
	Name, Time, Size, Verdict string
	Findings, More            []htmlFinding
	AlsoSeen                  []htmlFinding
	Rows                      []*htmlRow
	End                       string
	Cropped                   bool
	Steps                     []htmlStep
	Rest                      string // of the steps
}

type htmlFinding struct {
	N                    int // from 1
	Where, Weight        string
	Because, Fix, Unless []part
}

type htmlStep struct {
	Name, Time, Share string
	Percent           float64
}

func newHTMLCase(c Case, n int) htmlCase {
	r := c.Report
	w := newWaterfall(c, maxHTMLRows)
	shown := min(len(r.Findings), Shown)
	h := htmlCase{
		N: n, ID: printable(r.TraceID), Name: name(r.Root.Service, r.Root.Operation), Time: human(r.Root.DurationUS), Verdict: unbroken(verdict(r)),
		Size: printable(size(c)), End: human(w.to - w.from), Cropped: w.cropped,
		Findings: htmlFindings(r.Findings[:shown], r), More: htmlFindings(r.Findings[shown:], r), AlsoSeen: htmlFindings(r.AlsoSeen, r),
		Rows: htmlRows(w),
	}
	h.Steps, h.Rest = htmlSteps(c)
	return h
}

// fewSteps of the critical path are shown however little they took; more only if one can see them.
const fewSteps = 5

func htmlSteps(c Case) (steps []htmlStep, rest string) {
	seen := map[string]bool{}
	for _, s := range c.Trace.Spans {
		seen[s.Service] = true
	}
	path := c.Report.CriticalPath
	for i, s := range path {
		if i == mostRows || i >= fewSteps && s.Share < 0.01 {
			return steps, "and " + plural(len(path)-i, "more step") + ", each shorter"
		}
		what := name(s.Service, s.Operation)
		switch {
		case seen[s.EdgeTo]:
			what += " → " + printable(s.EdgeTo) + " (on the way)"
		case s.EdgeTo != "":
			what += " → " + printable(s.EdgeTo) + " (there, or on the way)"
		}
		steps = append(steps, htmlStep{what, human(s.SelfUS), percent(s.Share), s.Share * 100})
	}
	return steps, ""
}

func htmlFindings(findings []doctor.Finding, r doctor.Report) []htmlFinding {
	var list []htmlFinding
	for i, f := range findings {
		list = append(list, htmlFinding{i + 1, Where(f), unbroken(weight(f, r.Root.DurationUS)), prose(f.Because), prose(f.Fix), prose(f.Unless)})
	}
	return list
}
