package rest

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// maxKept is how many connections may stay open between their requests. Each takes memory, which docs/overload.md states: a
// goroutine, whose stack has grown with its request, and two buffers.
const maxKept = 4096

// A connections is a handler that counts the connections of its server. It asks the server to close a connection after its answer
// if there are more than maxKept of them, if it is old, or if the server is about to stop. To accept no more than maxKept instead
// would leave new callers waiting for those that are idle.
type connections struct {
	next    http.Handler
	maxAge  time.Duration // 0 if a connection may have any age
	open    atomic.Int64
	leaving atomic.Bool // the server is about to stop
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

type oldFromKey struct{}

// age is the server's ConnContext if there is a maxAge. It notes when the connection will be old: a tenth sooner or later than
// others, because connections that were opened together and closed together would all be opened again at once.
func (c *connections) age(ctx context.Context, _ net.Conn) context.Context {
	age := time.Duration((0.9 + 0.2*rand.Float64()) * float64(c.maxAge))
	return context.WithValue(ctx, oldFromKey{}, time.Now().Add(age))
}

// old reports whether the connection of a request has reached its maxAge.
func (c *connections) old(r *http.Request) bool {
	if c.maxAge == 0 {
		return false
	}
	from, ok := r.Context().Value(oldFromKey{}).(time.Time)
	return ok && !time.Now().Before(from)
}

func (c *connections) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	leaving := c.leaving.Load()
	if leaving || c.open.Load() > maxKept || c.old(r) {
		w.Header().Set("Connection", "close")
	}
	if leaving && r.URL.Path == readyPath {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusServiceUnavailable)
		_ = json.NewEncoder(w).Encode(Problem{ // an error means that the caller has gone
			Type: "about:blank", Title: title(http.StatusServiceUnavailable), Status: http.StatusServiceUnavailable,
			Detail: "not ready: the service is about to stop",
		})
		return
	}
	c.next.ServeHTTP(w, r)
}
