package report

import (
	"math"

	"spanwise/doctor/trace"
)

// A cell is the state of one column of a bar.
type cell uint8

const (
	idle    cell = iota // the row does nothing
	briefly             // it runs for a small part of the column; the request waits for something else
	running             // it runs, and the request waits for something else
	thinly              // the request waits for this row, but only for a small part of the column
	partly              // the same for a good part of the column
	waited              // the same for most of the column
	earlier             // at the left edge: it begins before what is drawn
	later               // at the right edge: it ends after what is drawn
)

// cells divides the waterfall's time into n columns for one row. The request waits for about one row in each column:
// read from left to right, those are the critical path.
func (w *waterfall) cells(r *row, n int) []cell {
	run, critical := make([]float64, n), make([]float64, n)
	touched := make([]bool, n)
	for _, s := range r.spans {
		w.columns(s.Start, s.End(), n, func(i int, us float64) { run[i] += us; touched[i] = true })
		for seg := range w.critical.of(s) {
			w.columns(seg.Lo, seg.Hi, n, func(i int, us float64) { critical[i] += us })
		}
	}
	bar := make([]cell, n)
	column := float64(w.to-w.from) / float64(n)
	for i := range bar {
		if touched[i] {
			bar[i] = newCell(run[i], critical[i], column)
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

// newCell decides how to show a column, given how much of it a row runs and how much of it the request waits for that row. The
// few µs of a caller before and after its callee would clutter its bar, so they are not shown where it runs all the time.
func newCell(run, critical, column float64) cell {
	switch {
	case critical > 0 && critical*2 >= column:
		return waited
	case critical > 0 && critical*5 >= column:
		return partly
	case critical > 0 && critical*5 >= run:
		return thinly
	case run*5 >= column:
		return running
	}
	return briefly
}

// columns calls visit with each column that the time from lo to hi touches, and the µs of it in that column. Time
// outside of what is drawn is left out; a point touches one column.
func (w *waterfall) columns(lo, hi trace.Micros, n int, visit func(i int, us float64)) {
	total := float64(w.to - w.from)
	if hi < w.from || lo > w.to {
		return
	}
	lo, hi = max(lo, w.from), min(hi, w.to)
	at := func(us trace.Micros) float64 {
		if total == 0 {
			return 0
		}
		return float64(us-w.from) / total * float64(n)
	}
	a, b := at(lo), at(hi)
	first := min(int(a), n-1)
	last := max(first, min(int(math.Ceil(b)), n)-1)
	for i := first; i <= last; i++ {
		part := min(b, float64(i+1)) - max(a, float64(i))
		visit(i, part/float64(n)*total)
	}
}
