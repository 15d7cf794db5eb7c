package report

// A cell is what one column of a bar says.
type cell uint8

const (
	idle    cell = iota // nothing of this row happens
	briefly             // it runs for a small part of the column; the request waits for something else
	running             // it runs, and the request waits for something else
	thinly              // the request waits for this row itself, but only for a small part of the column
	partly              // the same for a good part of the column
	waited              // the same for most of the column
	earlier             // at the left edge: it begins before what is drawn
	later               // at the right edge: it ends after what is drawn
)

// cells divides the waterfall's time into n columns for one row. In each column about one row of all is waited for:
// read from left to right, those are the critical path.
func (w *waterfall) cells(r *row, n int) []cell {
	run, path := make([]float64, n), make([]float64, n)
	touched := make([]bool, n)
	for _, s := range r.spans {
		w.columns(s.Start, s.End(), n, func(i int, us float64) { run[i] += us; touched[i] = true })
		for _, p := range w.own[s.Index] {
			w.columns(p.Lo, p.Hi, n, func(i int, us float64) { path[i] += us })
		}
	}
	bar := make([]cell, n)
	column := float64(w.to-w.from) / float64(n)
	for i := range bar {
		if touched[i] {
			bar[i] = weigh(run[i], path[i], column)
		}
	}
	for _, s := range r.spans {
		if s.Start < w.from {
			bar[0] = earlier
		}
		if s.End() > w.to {
			bar[n-1] = later
		}
	}
	return bar
}

// weigh decides what to show of a column in which a row runs and is waited for that long. A caller's few µs before
// and after its callee would clutter its bar, so they do not show where it runs all the time.
func weigh(run, path, column float64) cell {
	switch {
	case path > 0 && path*2 >= column:
		return waited
	case path > 0 && path*5 >= column:
		return partly
	case path > 0 && path*5 >= run:
		return thinly
	case run*5 >= column:
		return running
	}
	return briefly
}

// columns calls visit with each column that lo to hi touches, and for how many µs. What lies outside is left out;
// a point touches one column.
func (w *waterfall) columns(lo, hi int64, n int, visit func(i int, us float64)) {
	total := float64(w.to - w.from)
	if hi < w.from || lo > w.to {
		return
	}
	lo, hi = max(lo, w.from), min(hi, w.to)
	at := func(us int64) float64 {
		if total == 0 {
			return 0
		}
		return float64(us-w.from) / total * float64(n)
	}
	a, b := at(lo), at(hi)
	for i := min(int(a), n-1); i < n && (float64(i) < b || i == min(int(a), n-1)); i++ {
		part := min(b, float64(i+1)) - max(a, float64(i))
		visit(i, part/float64(n)*total)
	}
}
