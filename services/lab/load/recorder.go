package load

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// late is when a request counts as sent late: the load generator was busy, or waited for an answer.
const late = 100 * time.Millisecond

// A Recorder counts answers, as they arrive, into a [Report]. Its size does not depend on their number. It is safe for
// concurrent use. Create one with [NewRecorder].
type Recorder struct {
	mu       sync.Mutex
	began    time.Time
	ended    time.Time // of sending; zero before
	report   Report    // its counts
	inTime   int       // accepted before ended
	failures map[string]*Failure
	targets  map[string]*target
	waits    *hdrhistogram.Histogram
	latency  *hdrhistogram.Histogram
}

type target struct {
	ByTarget
	waits *hdrhistogram.Histogram
}

// NewRecorder returns a recorder of a load that begins now.
func NewRecorder() *Recorder {
	return &Recorder{
		began: time.Now(), failures: make(map[string]*Failure), targets: make(map[string]*target),
		waits: newHistogram(), latency: newHistogram(),
	}
}

// Add counts an answer.
func (r *Recorder) Add(a Answer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t, known := r.targets[a.Target]
	if !known {
		t = &target{ByTarget{Name: a.Target}, newHistogram()}
		r.targets[a.Target] = t
	}
	r.report.Sent++
	t.Sent++
	if a.Wait-a.Latency > late {
		r.report.Late++
	}
	if a.Kind != "" {
		r.fail(a)
		return
	}
	r.report.Accepted++
	t.Accepted++
	if r.ended.IsZero() {
		r.inTime++
	}
	record(r.waits, a.Wait)
	record(t.waits, a.Wait)
	record(r.latency, a.Latency)
}

func (r *Recorder) fail(a Answer) {
	f, known := r.failures[a.Kind]
	if !known {
		f = &Failure{Kind: a.Kind, First: a.Err.Error()}
		r.failures[a.Kind] = f
	}
	f.Count++
}

// notSent counts requests that were due and not sent.
func (r *Recorder) notSent(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.NotSent += n
}

// end notes that no more requests are sent.
func (r *Recorder) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended.IsZero() {
		r.ended = time.Now()
	}
}

// Report returns the report so far.
func (r *Recorder) Report() Report {
	r.mu.Lock()
	defer r.mu.Unlock()
	report := r.report
	report.Began = r.began
	end := r.ended
	if end.IsZero() {
		end = time.Now()
	}
	report.Seconds = end.Sub(r.began).Seconds()
	report.Planned = report.Sent + report.NotSent
	if report.Seconds > 0 {
		report.Asked, report.Goodput = float64(report.Planned)/report.Seconds, float64(r.inTime)/report.Seconds
	}
	report.waits = r.waits.Clone()
	report.Histogram = encode(r.waits)
	report.Wait, report.Latency = percentiles(r.waits), percentiles(r.latency)
	report.Failures, report.Targets = []Failure{}, []ByTarget{} // not null in JSON
	for _, f := range r.failures {
		report.Failures = append(report.Failures, *f)
	}
	slices.SortFunc(report.Failures, func(a, b Failure) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Kind, b.Kind)) })
	for _, name := range slices.Sorted(maps.Keys(r.targets)) {
		t := r.targets[name]
		t.Wait = percentiles(t.waits)
		report.Targets = append(report.Targets, t.ByTarget)
	}
	return report
}
