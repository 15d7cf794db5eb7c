package drill

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dustin/go-humanize"

	"spanwise/lab/load"
	"spanwise/lab/native"
	"spanwise/lab/play"
)

const (
	manyIdle = 10_000
	fewSlow  = 200              // of each kind
	hangUp   = 15 * time.Second // by which a server has given up on a request that does not arrive, and on a busy machine 5 s more
)

var connectionDrills = []Drill{
	{
		Name: "idle-connections",
		Text: fmt.Sprintf("%s connections to order that each made a request and then stay idle. order keeps those that it can afford, and closes the others after their "+
			"answer. New requests are answered meanwhile.", humanize.Comma(manyIdle)),
		Needs: needsFiles,
		Break: stayIdle,
		Check: metTargets,
	},
	{
		Name: "slow-clients",
		Text: fmt.Sprintf("Four times %d connections to order: half-open ones that send nothing, some that stop in the middle of a request, and some that send its head or "+
			"its body a byte a second. order has closed all of them %v later. Other requests are answered meanwhile.", fewSlow, hangUp),
		Break: sendSlowly,
		Check: metTargets,
	},
}

// stayIdle opens the connections, and makes the usual requests while they are idle.
func stayIdle(ctx context.Context, r *Rig) error {
	order := r.Process(native.Order)
	before, err := order.Resident()
	if err != nil {
		return err
	}
	kept := 0
	conns, err := r.connect(ctx, manyIdle, func(c net.Conn) error {
		resp, err := ask(c)
		if err == nil && !resp.Close {
			kept++
		}
		return err
	})
	defer closeAll(conns)
	if err != nil {
		return err
	}
	with, err := order.Resident()
	if err != nil {
		return err
	}
	r.Repair()
	m, err := r.measure(ctx, load.Plan{Rate: usualRate, Length: calm})
	if err != nil {
		return err
	}
	r.note("%s of %s connections are kept; order has %s resident before and %s with them, %s for each that is kept; meanwhile the median at %d requests/s is %v",
		humanize.Comma(int64(kept)), humanize.Comma(manyIdle), humanize.IBytes(uint64(before)), humanize.IBytes(uint64(with)),
		humanize.IBytes(uint64(max(with-before, 0)/max(int64(kept), 1))), usualRate, load.Short(m.Wait.P50))
	r.must(len(m.refusals) == 0, "%d requests were refused while other connections were idle", len(m.refusals))
	r.must(with < mostMemory, "order has %s resident, want less than %s", humanize.IBytes(uint64(with)), humanize.IBytes(mostMemory))
	return nil
}

// sendSlowly opens connections that send nothing, half a request, or a byte a second, and waits until all are closed.
func sendSlowly(ctx context.Context, r *Rig) error {
	const head, body = "POST /orders HTTP/1.1\r\nHost: order\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n", "\r\n{"
	kinds := []struct {
		first string // is sent at once
		rest  byte   // is sent every second; 0 if nothing is
	}{{"", 0}, {head + body, 0}, {head + "X-Slow: ", 'x'}, {head + body, ' '}}
	conns, err := r.connect(ctx, fewSlow*len(kinds), func(net.Conn) error { return nil })
	defer closeAll(conns)
	if err != nil {
		return err
	}
	r.Repair()
	var all sync.WaitGroup
	var open atomic.Int64
	limit := time.Now().Add(hangUp)
	for i, c := range conns {
		kind := kinds[i%len(kinds)]
		all.Go(func() {
			c.SetDeadline(limit)
			go trickle(ctx, c, kind.first, kind.rest)
			if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
				open.Add(1)
			}
		})
	}
	all.Wait()
	r.note("%d of %d slow connections are open after %v", open.Load(), len(conns), hangUp)
	r.must(open.Load() == 0, "%d of %d slow connections are still open after %v", open.Load(), len(conns), hangUp)
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
func (r *Rig) connect(ctx context.Context, n int, use func(net.Conn) error) (conns []net.Conn, err error) {
	for range n {
		c, err := new(net.Dialer).DialContext(ctx, "tcp", r.Addr(native.OrderPort))
		if err != nil {
			return conns, fmt.Errorf("connection %d: %w", len(conns)+1, err)
		}
		conns = append(conns, c)
		if err := use(c); err != nil {
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
	if _, err := io.WriteString(c, "GET /livez HTTP/1.1\r\nHost: order\r\n\r\n"); err != nil {
		return nil, err
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err == nil && resp.StatusCode != http.StatusNoContent {
		err = fmt.Errorf("order answered %s on a new connection", resp.Status)
	}
	return resp, err
}
