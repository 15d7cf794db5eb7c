package drill

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"spanwise/lab/load"
	"spanwise/lab/native"
	"spanwise/lab/play"
)

const (
	burstRate = 500  // requests a second that a burst adds
	fewIdle   = 1000 // connections, which order can afford
)

// burst makes many more requests than usual.
func burst(ctx context.Context, m *mix, r *Rig, f fault) error {
	return m.request(ctx, r, usualPath, burstRate, f.away)
}

// clockAhead makes requests whose traces have times of a wrong clock. Their spans must arrive all the same.
func clockAhead(ctx context.Context, m *mix, r *Rig, f fault) error {
	return m.request(ctx, r, aheadPath, usualRate, f.away)
}

// request makes requests for that long, or for longer until one is accepted, and counts them. Others may fail, because something else
// may be broken.
func (m *mix) request(ctx context.Context, r *Rig, path string, rate float64, long time.Duration) error {
	for end := time.Now().Add(drain); time.Now().Before(end); {
		l, err := load.Run(ctx, load.Plan{Mix: load.Get(r.URL(native.OrderPort) + path), Rate: rate, Length: long, Timeout: patience}, nil)
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		m.mu.Lock()
		m.sent += l.Sent
		m.accepted += l.Accepted
		m.mu.Unlock()
		if l.Accepted > 0 {
			return nil
		}
	}
	return fmt.Errorf("no request to %s was accepted within %v", path, drain)
}

// slowClients opens slow connections. order must close all of them.
func slowClients(ctx context.Context, _ *mix, r *Rig, _ fault) error {
	all, open, hasty, err := r.connectSlowly(ctx, fewSlow/4)
	switch {
	case err != nil:
		return err
	case open > 0:
		return fmt.Errorf("%d of %d slow connections are still open after %v", open, all, hangUp)
	case hasty >= fewSlow/4:
		return fmt.Errorf("%d of %d connections were closed within %v, before they were slow", hasty, all, slow)
	}
	return nil
}

// idleClients opens connections that are idle after a request. order must keep all of them, because they are few.
func idleClients(ctx context.Context, _ *mix, r *Rig, f fault) error {
	conns, err := connect(ctx, r.Addr(native.OrderPort), fewIdle, func(c net.Conn) error {
		resp, err := ask(c)
		if err == nil && resp.Close {
			err = errors.New("order closes it, although it can afford it")
		}
		return err
	})
	defer closeAll(conns)
	if err = errors.Join(err, play.Wait(ctx, f.away)); err != nil {
		return err
	}
	if n := stillOpen(conns); n < len(conns) {
		return fmt.Errorf("order kept only %d of %d idle connections", n, len(conns))
	}
	return nil
}
