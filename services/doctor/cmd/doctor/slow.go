package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"spanwise/doctor/trace"
)

// slowAfter is when a server that has not answered yet is announced. The limit, -timeout, may be far away.
const slowAfter = 3 * time.Second

// An announced backend says on stderr that it is slow to answer.
type announced struct {
	backend
	stderr io.Writer
}

func (a announced) Trace(ctx context.Context, id string) (*trace.Trace, error) {
	defer a.watch()()
	return a.backend.Trace(ctx, id)
}

func (a announced) FindBetween(ctx context.Context, service string, from, to time.Time) ([]*trace.Trace, error) {
	defer a.watch()()
	return a.backend.FindBetween(ctx, service, from, to)
}

// watch starts to watch a request, and returns a function that ends this.
func (a announced) watch() (end func()) {
	t := time.AfterFunc(slowAfter, func() { fmt.Fprintf(a.stderr, "doctor: still waiting for %s to answer\n", a.backend) })
	return func() { t.Stop() }
}
