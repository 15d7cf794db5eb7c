package report

const (
	maxHTMLRows = 1000
	mostNested  = 100 // rows within each other; browsers give up at 512, deeper ones stand side by side
	htmlColumns = 500 // of a bar: finer than a pixel is of no use
)

// An htmlRow is a row of the waterfall with the rows below it.
type htmlRow struct {
	Depth             int
	Name, Time, Title string
	Errors            string // "" without, else a mark
	Hue               int
	Marks             []int
	Runs              []htmlRun
	Children          []*htmlRow
}

// An htmlRun is a stretch of a bar, in percent of its width.
type htmlRun struct {
	Class       string
	Left, Width float64
}

// htmlRows nests the rows again, so that the page can fold them.
func htmlRows(w *waterfall) []*htmlRow {
	var tops []*htmlRow
	made := map[*row]*htmlRow{}
	for _, r := range w.rows {
		h := &htmlRow{Depth: min(r.depth, 30), Name: r.label(), Time: r.time(), Errors: r.errors(), Marks: r.marks, Runs: w.runs(r)}
		if len(r.spans) > 0 {
			h.Hue, h.Title = w.hues[r.spans[0].Service], name(r.spans[0].Service, r.spans[0].Name)
		}
		p := made[r.parent]
		if p != nil {
			p.Children = append(p.Children, h)
		} else {
			tops = append(tops, h)
		}
		if made[r] = h; r.depth >= mostNested {
			made[r] = p
		}
	}
	return tops
}

// runs joins equal columns of a bar.
func (w *waterfall) runs(r *row) []htmlRun {
	classes := [...]string{briefly: "run", running: "run", thinly: "part", partly: "part", waited: "path", earlier: "beyond", later: "beyond"}
	cells := w.cells(r, htmlColumns)
	var runs []htmlRun
	for i := 0; i < len(cells); {
		from := i
		for i < len(cells) && cells[i] == cells[from] {
			i++
		}
		if cells[from] != idle {
			runs = append(runs, htmlRun{classes[cells[from]], percentOf(from), percentOf(i - from)})
		}
	}
	return runs
}

func percentOf(columns int) float64 { return float64(columns) * 100 / htmlColumns }

// A placed row knows which of the page's traces it belongs to, for its links.
type placedRow struct {
	N   int
	Row *htmlRow
}

func at(n int, r *htmlRow) placedRow { return placedRow{n, r} }
