package report

import "io"

// Waterfall prints the request and its waterfall alone, for whoever sets several side by side.
func Waterfall(out io.Writer, c Case, look Look) error {
	p := newPage(look)
	p.title(c)
	p.waterfall(newWaterfall(c, maxRows))
	return p.flush(out)
}

// Findings prints what the doctor says alone: the verdict, the findings and the notes.
func Findings(out io.Writer, c Case, look Look) error {
	p := newPage(look)
	p.findings(c.Report)
	p.notes("Note: ", c.Report.Notes)
	return p.flush(out)
}
