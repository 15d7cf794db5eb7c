package report

// A cell is what one column of a bar says.
type cell uint8

const (
	idle    cell = iota // nothing of this row happens
	running             // it runs, but the request waits for something else
	partly              // for less than half of the column the request waits for this row itself
	waited              // the request waits for this row itself
)

// cells divides the waterfall's time into n columns for one row. In each column about one row of all is waited for:
// read from left to right, those are the critical path.
func (w *waterfall) cells(r *row, n int) []cell {
	bar := make([]cell, n)
	path := make([]int64, n)
	for _, s := range r.spans {
		w.columns(s.Start, s.End(), n, func(i int, _ int64) { bar[i] = max(bar[i], running) })
		for _, p := range w.own[s.Index] {
			w.columns(p.Lo, p.Hi, n, func(i int, us int64) { path[i] += us })
		}
	}
	column := (w.to - w.from) / int64(n)
	for i, us := range path {
		switch {
		case us > 0 && us*2 >= column:
			bar[i] = waited
		case us > 0:
			bar[i] = partly
		}
	}
	return bar
}

// columns calls visit with each column that lo to hi touches, and for how many µs. What lies outside is left out;
// a point touches one column.
func (w *waterfall) columns(lo, hi int64, n int, visit func(i int, us int64)) {
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
		visit(i, int64(part/float64(n)*total+0.5))
	}
}
