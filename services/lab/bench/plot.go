package bench

import (
	"fmt"
	"io"
	"strings"
	"text/template"
)

// Plot draws the figures of the part lines as SVG: a panel for each of time, spans and bytes, with a curve for each way to fetch. It
// writes nothing if there are none. The colours suit a light and a dark page.
func Plot(out io.Writer, results Results) error {
	for _, r := range results {
		if r.Part == lines.Name {
			return picture.Execute(out, panelsOf(r.Figures))
		}
	}
	return nil
}

// The size of a panel, which the picture below repeats, and the room for its labels.
const panelWidth, panelHeight, panelMargin = 200, 150, 62

// A panel is one of the three diagrams.
type panel struct {
	Left    int // of its origin in the picture
	Title   string
	Highest string // the label of the vertical axis
	Most    int    // the label of the horizontal axis
	Curves  map[string][]point
}

type point struct{ X, Y float64 }

// panelsOf returns the panels, scaled from zero to the highest value.
func panelsOf(figures Figures) (panels []panel) {
	for i, m := range measures {
		p := panel{Left: panelMargin + i*(panelWidth+panelMargin+18), Title: strings.TrimSuffix(m.name+", "+m.unit, ", "), Curves: make(map[string][]point)}
		high := 0.0
		for _, f := range figures {
			how, what, _ := strings.Cut(f.Column, ": ")
			n := 0
			if _, err := fmt.Sscanf(f.Name, "%d line", &n); err != nil || what != m.name {
				continue
			}
			p.Curves[how] = append(p.Curves[how], point{float64(n), f.Value})
			p.Most, high = max(p.Most, n), max(high, f.Value)
		}
		p.Highest = number(high)
		for _, curve := range p.Curves {
			for i := range curve {
				curve[i].X *= panelWidth / float64(p.Most)
				curve[i].Y = panelHeight - curve[i].Y*panelHeight/high
			}
		}
		panels = append(panels, p)
	}
	return panels
}

var picture = template.Must(template.New("").Parse(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 222" font-family="system-ui, sans-serif" font-size="11">
<title>Time, spans and bytes of an order that is fetched line by line, and in a batch, by its number of lines</title>
<style>
text { fill: #57606a } .axis { stroke: #8c959f } .each { stroke: #bc4c00 } .batch { stroke: #0969da } polyline { fill: none; stroke-width: 2 }
.each circle { fill: #bc4c00 } .batch circle { fill: #0969da } text.each { fill: #bc4c00; stroke: none } text.batch { fill: #0969da; stroke: none }
@media (prefers-color-scheme: dark) {
text { fill: #9198a1 } .each { stroke: #f0883e } .batch { stroke: #58a6ff }
.each circle { fill: #f0883e } .batch circle { fill: #58a6ff } text.each { fill: #f0883e } text.batch { fill: #58a6ff }
}
</style>
<text class="each" x="62" y="14">● fetch=each</text><text class="batch" x="150" y="14">● fetch=batch</text>
{{range .}}<g transform="translate({{.Left}} 34)">
<text x="0" y="-6">{{.Title}}</text>
<path class="axis" fill="none" d="M0 0 V150 H200"/>
<text x="-6" y="8" text-anchor="end">{{.Highest}}</text><text x="-6" y="152" text-anchor="end">0</text>
<text x="200" y="166" text-anchor="end">{{.Most}} lines</text>
{{range $how, $curve := .Curves}}<g class="{{$how}}"><polyline points="{{range $curve}}{{printf "%.1f" .X}},{{printf "%.1f" .Y}} {{end}}"/>
{{- range $curve}}<circle stroke="none" cx="{{printf "%.1f" .X}}" cy="{{printf "%.1f" .Y}}" r="2.5"/>{{end}}</g>
{{end}}</g>
{{end}}</svg>
`))
