package rest

import (
	"runtime/metrics"
	"slices"
	"time"
)

// schedulingLag returns a function that returns how long goroutines of this process waited for a CPU since its last call, or
// since schedulingLag returned: the 90th percentile of the times from being able to run to running. The function is not safe
// for concurrent use.
func schedulingLag() func() time.Duration {
	sample := []metrics.Sample{{Name: "/sched/latencies:seconds"}}
	metrics.Read(sample)
	seen := slices.Clone(sample[0].Value.Float64Histogram().Counts) // those of the start of the process say nothing about requests
	return func() time.Duration {
		metrics.Read(sample)
		h := sample[0].Value.Float64Histogram()
		lag := percentile90(h, seen)
		copy(seen, h.Counts)
		return lag
	}
}

// percentile90 returns the lower bound of the bucket with the 90th percentile of what was counted since the counts were those
// in before; 0 if that is nothing.
func percentile90(h *metrics.Float64Histogram, before []uint64) time.Duration {
	var total uint64
	for i, n := range h.Counts {
		total += n - before[i]
	}
	left := total / 10 // how many may be longer
	for i := len(h.Counts) - 1; i > 0 && total > 0; i-- {
		n := h.Counts[i] - before[i]
		if n > left {
			return time.Duration(h.Buckets[i] * float64(time.Second))
		}
		left -= n
	}
	return 0
}
