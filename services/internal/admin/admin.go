// Package admin serves what only the operator of a program may see: its profiles and its use of memory. It is off unless
// ADMIN_ADDR is set, and listens on addresses of this machine only, because a profile shows the program's inside and costs
// it time. Begin with [Start].
package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"runtime"
	"runtime/metrics"
	"time"

	"spanwise/internal/rest"
)

// Start serves the admin port on addr, such as 127.0.0.1:6060, until the returned function is called. Without an address it
// serves nothing, and switches off the samples of allocations, for which nothing else in the services has a use.
func Start(addr string, log *slog.Logger) (stop func() error, err error) {
	if addr == "" {
		runtime.MemProfileRate = 0
		return func() error { return nil }, nil
	}
	ln, err := listen(addr)
	if err != nil {
		return nil, fmt.Errorf("ADMIN_ADDR=%s: %w", addr, err)
	}
	server := &http.Server{Handler: handler(), ReadHeaderTimeout: 5 * time.Second}
	go func() {
		if err := server.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			log.Error("the admin server stopped", "error", err)
		}
	}()
	log.Info("admin listening", "address", ln.Addr().String())
	return server.Close, nil
}

// listen refuses an address that other machines could reach, also if it is that of a name.
func listen(addr string) (net.Listener, error) {
	tcp, err := net.ResolveTCPAddr("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("want an address of this machine, such as 127.0.0.1:6060: %w", err)
	}
	if !tcp.IP.IsLoopback() {
		return nil, errors.New("other machines could read the profiles there: choose a loopback address, such as 127.0.0.1:6060")
	}
	ln, err := net.ListenTCP("tcp", tcp)
	if err != nil {
		return nil, fmt.Errorf("choose another port, or unset it to serve no profiles: %w", err)
	}
	return ln, nil
}

// handler returns the handler of the admin port: the profiles of net/http/pprof under /debug/pprof/, and [Memory] as JSON at
// /memory.
func handler() http.Handler {
	mux := http.NewServeMux() // the default one belongs to every package of the program
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	mux.HandleFunc("GET /memory", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(read()) // an error is that of a reader who went away
	})
	return mux
}

// Memory is what a program has allocated. The differences between two of them, over the requests in between, are the
// allocations per request.
type Memory struct {
	AllocatedBytes uint64  `json:"allocated_bytes"` // since the start
	Allocations    uint64  `json:"allocations"`     // since the start
	HeapBytes      uint64  `json:"heap_bytes"`      // now, with what the next collection frees
	Collections    uint32  `json:"collections"`     // since the start
	GCSeconds      float64 `json:"gc_cpu_seconds"`  // since the start, as the runtime estimates it at each collection
}

// read returns the memory of this program. It stops the program for some microseconds.
func read() Memory {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	cpu := []metrics.Sample{{Name: "/cpu/classes/gc/total:cpu-seconds"}}
	metrics.Read(cpu)
	return Memory{
		AllocatedBytes: stats.TotalAlloc, Allocations: stats.Mallocs, HeapBytes: stats.HeapAlloc,
		Collections: stats.NumGC, GCSeconds: cpu[0].Value.Float64(),
	}
}

// Fetch reads the memory of the program whose admin port is at base, such as http://127.0.0.1:6060.
func Fetch(ctx context.Context, client *http.Client, base string) (m Memory, err error) {
	text, err := rest.Fetch(ctx, client, base+"/memory")
	if err != nil {
		return m, err
	}
	return m, json.Unmarshal(text, &m)
}
