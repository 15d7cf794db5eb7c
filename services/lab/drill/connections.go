package drill

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dustin/go-humanize"

	"spanwise/lab/load"
	"spanwise/lab/native"
)

const (
	manyIdle = 10_000
	fewSlow  = 200              // of each kind
	mostKept = 4096             // idle connections that order keeps
	slow     = 2 * time.Second  // after which a client counts as slow
	hangUp   = bodyBound + late // by which a server has given up on a request that does not arrive
)

// The bounds of docs/overload.md, after which order closes a connection, and how much later it may be on a busy machine.
const (
	headBound   = 5 * time.Second
	bodyBound   = 10 * time.Second
	unreadBound = 45 * time.Second
	idleBound   = 2 * time.Minute
	late        = 5 * time.Second
)

var connectionDrills = []Drill{
	{
		Name: "idle-connections",
		Text: fmt.Sprintf("%s connections to order that each made a request and then stay idle. order keeps about %s of them, and closes the others after their "+
			"answer. New requests are answered meanwhile.", humanize.Comma(manyIdle), humanize.Comma(mostKept)),
		Needs: needsFiles,
		Break: stayIdle,
		Check: metTargets,
	},
	{
		Name: "slow-clients",
		Text: fmt.Sprintf("Four times %d connections to order: some that send nothing, some that stop in the middle of a request, and some that send its head or "+
			"its body a byte a second. order has closed all of them %v later. Other requests are answered meanwhile.", fewSlow, hangUp),
		Break: sendSlowly,
		Check: metTargets,
	},
	unreadAnswers,
	halfOpen,
}

// stayIdle opens the connections, and makes the usual requests while they are idle.
func stayIdle(ctx context.Context, r *Rig) error {
	order := r.Process(native.Order)
	before, err := order.Resident()
	if err != nil {
		return err
	}
	var kept []net.Conn
	conns, err := connect(ctx, r.Addr(native.OrderPort), manyIdle, func(c net.Conn) error {
		resp, err := ask(c)
		if err == nil && !resp.Close {
			kept = append(kept, c)
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
	still := stillOpen(kept)
	r.note("%s of %s connections are kept; order has %s resident before and %s with them, %s for each that is kept; meanwhile the median at %d requests/s is %v",
		humanize.Comma(int64(len(kept))), humanize.Comma(manyIdle), humanize.IBytes(uint64(before)), humanize.IBytes(uint64(with)),
		humanize.IBytes(uint64(max(with-before, 0)/max(int64(len(kept)), 1))), usualRate, load.Short(m.Wait.P50))
	r.must(len(kept) >= mostKept*9/10, "order kept %d connections, want about %d: it can afford them", len(kept), mostKept)
	r.must(still == len(kept), "order kept %d connections, and only %d of them were open to the end", len(kept), still)
	r.must(len(m.refusals) == 0, "%d requests were refused while other connections were idle", len(m.refusals))
	r.must(with < mostMemory, "order has %s resident, want less than %s", humanize.IBytes(uint64(with)), humanize.IBytes(mostMemory))
	return nil
}

// stillOpen returns on how many connections a request is still answered.
func stillOpen(conns []net.Conn) (n int) {
	for _, c := range conns {
		c.SetDeadline(time.Now().Add(slow))
		if _, err := ask(c); err == nil {
			n++
		}
	}
	return n
}

// sendSlowly requires that all slow connections are closed.
func sendSlowly(ctx context.Context, r *Rig) error {
	r.Repair()
	all, open, hasty, err := r.connectSlowly(ctx, fewSlow)
	if err != nil {
		return err
	}
	r.note("%d of %d slow connections are open after %v", open, all, hangUp)
	r.must(hasty < fewSlow, "%d of %d connections were closed within %v, before they were slow", hasty, all, slow)
	r.must(open == 0, "%d of %d slow connections are still open after %v", open, all, hangUp)
	return nil
}

// connectSlowly opens n connections each that send nothing, half a request, or a byte a second in the head or in the body, and waits
// until all are closed or hangUp has passed. It returns how many there are, and of these, how many are still open, and how many were
// closed before they were slow.
func (r *Rig) connectSlowly(ctx context.Context, n int) (all, open, hasty int64, err error) {
	kinds := []struct {
		first string // is sent at once
		rest  byte   // is sent every second; 0 if nothing is
	}{{"", 0}, {postHead + postBody, 0}, {postHead + "X-Slow: ", 'x'}, {postHead + postBody, ' '}}
	conns, err := connect(ctx, r.Addr(native.OrderPort), n*len(kinds), func(net.Conn) error { return nil })
	defer closeAll(conns)
	if err != nil {
		return 0, 0, 0, err
	}
	var waits sync.WaitGroup
	var late, early atomic.Int64
	began := time.Now()
	for i, c := range conns {
		kind := kinds[i%len(kinds)]
		waits.Go(func() {
			c.SetDeadline(began.Add(hangUp))
			go trickle(ctx, c, kind.first, kind.rest)
			_, err := io.Copy(io.Discard, c)
			switch {
			case errors.Is(err, os.ErrDeadlineExceeded):
				late.Add(1)
			case time.Since(began) < slow:
				early.Add(1)
			}
		})
	}
	waits.Wait()
	return int64(len(conns)), late.Load(), early.Load(), nil
}
