package main

import (
	"os"
	"runtime"
	"runtime/debug"

	"spanwise/doctor/trace"
)

// collectSeldom makes the garbage collector run seldom while traces are read: most of what is allocated then stays.
func collectSeldom() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200)
	}
}

// limitMemory makes the garbage collector keep the peak low while large traces are diagnosed. By itself, the collector lets the heap
// become twice what is in use; but most of what is in use are the traces, and diagnosing them needs much less in addition. A limit costs
// less time than a lower GOGC, which would make the collector run all the way up to the same peak. It is soft: if the diagnosis does need
// more, it gets it.
func limitMemory(traces []*trace.Trace) {
	const (
		many    = 50_000 // spans; fewer need little
		perSpan = 570    // bytes
		among   = 1100   // bytes per span of several traces, which are examined together
	)
	spans := 0
	for _, t := range traces {
		spans += len(t.Spans)
	}
	if os.Getenv("GOGC") == "" && spans < many {
		debug.SetGCPercent(100)
	}
	if spans < many || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	runtime.GC() // what reading left
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	need := spans * perSpan
	if len(traces) > 1 {
		need = spans * among
	}
	debug.SetMemoryLimit(int64(m.HeapAlloc+m.Sys-m.HeapSys) + int64(need))
}
