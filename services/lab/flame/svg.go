package flame

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"regexp"
	"strings"
	"time"
)

// The picture's measures in pixels.
const (
	width     = 1000.0 // as wide as GitHub shows a picture
	row       = 17
	letter    = 6.3 // of the font, at most
	narrowest = 1   // a box that would be narrower is left out
	head      = 62
)

// WriteSVG writes the graph as an SVG picture that needs nothing else. A box shows the function's full name and its share while
// the pointer is on it.
func (g *Graph) WriteSVG(out io.Writer, title string) error {
	d := drawing{total: g.root.cpu}
	height := head + row*g.root.depth() + 4
	fmt.Fprintf(&d, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %d" font-family="ui-monospace,Menlo,Consolas,monospace" font-size="10.5">
<style>g:hover rect{stroke:#000}</style>
<rect width="100%%" height="100%%" fill="#fff"/>
<text x="6" y="20" font-size="15">%s</text>
<text x="6" y="37">%s of CPU in %s. Widths are shares of it; a function's callees are below it.</text>
`, width, height, html.EscapeString(title), g.root.cpu.Round(time.Millisecond), g.window.Round(time.Millisecond))
	d.legend(g.Parts())
	d.box(&g.root, 0, head)
	d.WriteString("</svg>\n")
	_, err := d.WriteTo(out)
	return err
}

type drawing struct {
	bytes.Buffer
	total time.Duration
}

// legend draws each part's colour, name and share.
func (d *drawing) legend(list []Part) {
	x := 6.0
	for _, p := range list {
		colour := grey
		for _, known := range parts {
			if known.name == p.Name {
				colour = known.colour
			}
		}
		text := fmt.Sprintf("%s %s", p.Name, d.share(p.CPU))
		fmt.Fprintf(d, `<rect x="%.1f" y="44" width="11" height="11" fill="%s"/><text x="%.1f" y="53">%s</text>`+"\n", x, colour, x+15, text)
		x += 34 + letter*float64(len(text))
	}
}

// box draws a function with its left edge at x, and below it what it called.
func (d *drawing) box(f *frame, x float64, y int) {
	w := width * float64(f.cpu) / float64(max(d.total, 1))
	if w < narrowest {
		return
	}
	fmt.Fprintf(d, `<g><title>%s %s, %s</title><rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s" stroke="#fff" stroke-width=".5"/>`,
		html.EscapeString(f.name), d.share(f.cpu), f.cpu, x, y, w, row-1, colourOf(f.name))
	if text := fit(short(f.name), w); text != "" {
		fmt.Fprintf(d, `<text x="%.1f" y="%d">%s</text>`, x+3, y+12, html.EscapeString(text))
	}
	d.WriteString("</g>\n")
	for _, c := range f.calls {
		d.box(c, x, y+row)
		x += width * float64(c.cpu) / float64(max(d.total, 1))
	}
}

func (d *drawing) share(cpu time.Duration) string {
	return fmt.Sprintf("%.1f %%", 100*float64(cpu)/float64(max(d.total, 1)))
}

// base matches the last element of a package's path with the function's name, and the element before if the last is a version.
var base = regexp.MustCompile(`([^/]+/v[0-9]+\.)?[^/]*$`)

// short returns a function's name without the path of its package and without type arguments.
func short(name string) string {
	open, end := strings.IndexByte(name, '['), strings.LastIndexByte(name, ']')
	if open < 0 || end < open {
		return base.FindString(name)
	}
	return short(name[:open]) + "[…]" + name[end+1:]
}

// fit returns as much of a text as a box has room for; "" if that says nothing.
func fit(text string, width float64) string {
	room := int((width - 6) / letter)
	switch runes := []rune(text); {
	case len(runes) <= room:
		return text
	case room < 4:
		return ""
	default:
		return string(runes[:room-1]) + "…"
	}
}
