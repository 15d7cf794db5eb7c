package load

import (
	"encoding/json"
	"math"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// A Report counts what became of the requests of a load. It can be marshalled as JSON.
type Report struct {
	Began    time.Time   `json:"began"`
	Seconds  float64     `json:"seconds"`  // during which requests were sent
	Planned  int         `json:"planned"`  // requests that were due
	NotSent  int         `json:"not_sent"` // of these: could not be within a second of when they were due
	Late     int         `json:"late"`     // sent over 100 ms after they were due
	Sent     int         `json:"sent"`     // and answered, or failed
	Accepted int         `json:"accepted"` // with a complete answer and a status of success
	Asked    float64     `json:"asked"`    // planned requests a second
	Goodput  float64     `json:"goodput"`  // accepted answers a second, as long as requests were sent
	Wait     Percentiles `json:"wait_ms"`  // of the accepted requests, from the planned start
	Latency  Percentiles `json:"latency_ms"`
	Failures []Failure   `json:"failures"` // most frequent first
	Targets  []ByTarget  `json:"targets"`  // by name
	// Histogram of Wait in microseconds, in the compressed format that the tools of HdrHistogram read.
	Histogram string `json:"histogram"`

	waits *hdrhistogram.Histogram
}

// A Failure counts the requests that failed in the same way.
type Failure struct {
	Kind  string `json:"kind"`
	Count int    `json:"count"`
	First string `json:"first"` // the first error of that kind
}

// ByTarget is the part of one target of a mix.
type ByTarget struct {
	Name     string      `json:"name"`
	Sent     int         `json:"sent"`
	Accepted int         `json:"accepted"`
	Wait     Percentiles `json:"wait_ms"`
}

// Percentiles of durations, within 0.1 % of the exact ones. All are 0 if nothing was measured.
type Percentiles struct{ P50, P90, P95, P99, Max time.Duration }

// MarshalJSON writes the percentiles in milliseconds.
func (p Percentiles) MarshalJSON() ([]byte, error) {
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	return json.Marshal(struct {
		P50 float64 `json:"p50"`
		P90 float64 `json:"p90"`
		P95 float64 `json:"p95"`
		P99 float64 `json:"p99"`
		Max float64 `json:"max"`
	}{ms(p.P50), ms(p.P90), ms(p.P95), ms(p.P99), ms(p.Max)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (p *Percentiles) UnmarshalJSON(text []byte) error {
	var ms struct{ P50, P90, P95, P99, Max float64 }
	if err := json.Unmarshal(text, &ms); err != nil {
		return err
	}
	duration := func(ms float64) time.Duration { return time.Duration(math.Round(ms*1000)) * time.Microsecond }
	*p = Percentiles{duration(ms.P50), duration(ms.P90), duration(ms.P95), duration(ms.P99), duration(ms.Max)}
	return nil
}

// Quantile returns the wait that a fraction q of the accepted requests did not exceed, within 0.1 %; 0 if there were none.
func (r Report) Quantile(q float64) time.Duration { return quantile(r.waits, q) }

// Failed returns how many requests failed with that kind.
func (r Report) Failed(kind string) int {
	for _, f := range r.Failures {
		if f.Kind == kind {
			return f.Count
		}
	}
	return 0
}

// longest is the longest duration that a histogram tells apart, far above any timeout.
const longest = time.Hour

func newHistogram() *hdrhistogram.Histogram {
	return hdrhistogram.New(1, longest.Microseconds(), 3)
}

func record(h *hdrhistogram.Histogram, d time.Duration) {
	_ = h.RecordValue(min(max(d, 0), longest).Microseconds()) // fails only outside of these bounds
}

func quantile(h *hdrhistogram.Histogram, q float64) time.Duration {
	if h == nil || h.TotalCount() == 0 {
		return 0
	}
	return time.Duration(h.ValueAtQuantile(q*100)) * time.Microsecond
}

func percentiles(h *hdrhistogram.Histogram) Percentiles {
	return Percentiles{quantile(h, 0.5), quantile(h, 0.9), quantile(h, 0.95), quantile(h, 0.99), quantile(h, 1)}
}

func encode(h *hdrhistogram.Histogram) string {
	text, err := h.EncodeV2()
	if err != nil { // it is written to memory
		panic(err)
	}
	return string(text)
}
