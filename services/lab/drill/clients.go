package drill

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"time"

	"spanwise/lab/native"
	"spanwise/lab/play"
)

// postHead and postBody are the beginning of a request, which lacks the end of its head, and most of its body.
const (
	postHead = "POST /orders HTTP/1.1\r\nHost: order\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n"
	postBody = "\r\n{"
)

// get returns a whole request.
func get(path string) string { return "GET " + path + " HTTP/1.1\r\nHost: order\r\n\r\n" }

// A crowd is clients that all do the same, on connections that order must close.
type crowd struct {
	what  string        // they do, after "clients that"
	send  string        // by each of them, at once
	reads bool          // whether they wait for the answer
	keeps int           // bytes that the kernel keeps of what they do not read; 0 for its default, which grows to megabytes
	bound time.Duration // from then until order has closed the connection
	conns []net.Conn
	addrs []string      // of the clients
	began time.Time     // before the first of them connected
	open  int           // connections that order had open when it was last asked
	whole bool          // whether order has had all of them open
	first time.Duration // when order was found without one of them
	last  time.Duration // until when order had any of them open
}

// arrive connects n clients to order.
func (c *crowd) arrive(ctx context.Context, order string, n int) (err error) {
	c.began = time.Now()
	c.conns, err = connect(ctx, order, n, func(conn net.Conn) error {
		c.addrs = append(c.addrs, conn.LocalAddr().String())
		if tcp, ok := conn.(*net.TCPConn); ok && c.keeps > 0 {
			if err := tcp.SetReadBuffer(c.keeps); err != nil {
				return err
			}
		}
		_, err := io.WriteString(conn, c.send)
		if err == nil && c.reads {
			_, err = http.ReadResponse(bufio.NewReader(conn), nil)
		}
		return err
	})
	return err
}

// observe asks order which connections it has open, so that a client that only believes to be connected does not count.
func (r *Rig) observe(crowds ...*crowd) error {
	open, err := r.Process(native.Order).Peers()
	if err != nil {
		return err
	}
	for _, c := range crowds {
		c.open = 0
		for _, addr := range c.addrs {
			if open[addr] {
				c.open++
			}
		}
		now := time.Since(c.began)
		if c.open > 0 {
			c.last = now
		}
		switch {
		case c.open == len(c.addrs):
			c.whole = true
		case c.whole && c.first == 0:
			c.first = now
		}
	}
	return nil
}

// accepted waits until order has accepted the connections of each crowd. The kernel answers a client before that.
func (r *Rig) accepted(ctx context.Context, crowds ...*crowd) error {
	for {
		if err := r.observe(crowds...); err != nil {
			return err
		}
		missing := slices.IndexFunc(crowds, func(c *crowd) bool { return c.open < len(c.addrs) })
		if missing < 0 {
			return nil
		}
		if c := crowds[missing]; time.Since(c.began) > c.bound {
			return fmt.Errorf("order has accepted %d of %d connections of clients that %s within %v", c.open, len(c.addrs), c.what, c.bound)
		}
		if err := play.Wait(ctx, poll); err != nil {
			return err
		}
	}
}

// closed requires, after [Rig.accepted], that order closes the connections of each crowd when its bound is over: never before, and on a busy machine at
// most late after it.
func (r *Rig) closed(ctx context.Context, crowds ...*crowd) error {
	for waiting := true; waiting; {
		if err := r.observe(crowds...); err != nil {
			return err
		}
		waiting = false
		for _, c := range crowds {
			waiting = waiting || c.open > 0 && time.Since(c.began) < c.bound+late
		}
		if err := play.Wait(ctx, poll); err != nil {
			return err
		}
	}
	for _, c := range crowds {
		r.note("of %d clients that %s, order had closed the first connection after %v and had the last one open until %v; the bound is %v", len(c.addrs), c.what,
			c.first.Round(poll), c.last.Round(poll), c.bound)
		r.must(c.open == 0 && c.last < c.bound+late, "of %d connections of clients that %s, order had some open after %v, and has %d now; the bound is %v",
			len(c.addrs), c.what, c.last.Round(poll), c.open, c.bound)
		r.must(c.whole && (c.first == 0 || c.first >= c.bound), "order had closed a connection of clients that %s after %v, before the bound of %v", c.what, c.first.Round(poll), c.bound)
	}
	return nil
}

// trickle sends a text at once and then a byte a second, until the connection is closed.
func trickle(ctx context.Context, c net.Conn, first string, rest byte) {
	_, err := io.WriteString(c, first)
	for err == nil && rest != 0 && play.Wait(ctx, time.Second) == nil {
		_, err = c.Write([]byte{rest})
	}
}

// connect opens connections to order and uses each at once. The caller closes those that it returns, even if there is an error.
func connect(ctx context.Context, order string, n int, use func(net.Conn) error) (conns []net.Conn, err error) {
	for range n {
		c, err := new(net.Dialer).DialContext(ctx, "tcp", order)
		if err != nil {
			return conns, fmt.Errorf("connection %d: %w", len(conns)+1, err)
		}
		conns = append(conns, c)
		c.SetDeadline(time.Now().Add(hangUp)) // use does not end with ctx
		err = use(c)
		c.SetDeadline(time.Time{})
		if err != nil {
			return conns, fmt.Errorf("connection %d: %w", len(conns), err)
		}
	}
	return conns, nil
}

func closeAll(conns []net.Conn) {
	for _, c := range conns {
		c.Close()
	}
}

// ask makes a request that costs little on a connection.
func ask(c net.Conn) (*http.Response, error) {
	if _, err := io.WriteString(c, get("/livez")); err != nil {
		return nil, err
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err == nil && resp.StatusCode != http.StatusNoContent {
		err = fmt.Errorf("order answered %s on a new connection", resp.Status)
	}
	return resp, err
}
