package rest

import (
	"net"
	"net/http"
	"sync/atomic"
)

// maxKept is how many connections may stay open between their requests. Each takes memory, which docs/overload.md states: a
// goroutine, whose stack has grown with its request, and two buffers.
const maxKept = 4096

// A connections is a handler that counts the connections of its server. With more than maxKept of them, it asks the server to
// close each after its answer. To accept no more instead would leave new callers waiting for those that are idle.
type connections struct {
	next http.Handler
	open atomic.Int64
}

// count is the server's ConnState.
func (c *connections) count(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		c.open.Add(1)
	case http.StateClosed, http.StateHijacked:
		c.open.Add(-1)
	}
}

func (c *connections) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if c.open.Load() > maxKept {
		w.Header().Set("Connection", "close")
	}
	c.next.ServeHTTP(w, r)
}
