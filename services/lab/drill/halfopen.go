package drill

import (
	"context"
	"fmt"
	"net"
	"time"

	"spanwise/lab/native"
)

const (
	fewGone  = 100             // of each kind
	slowWork = 8 * time.Second // for a request whose client does not live to see the answer
)

var halfOpen = Drill{
	Name: "half-open-connections",
	Text: fmt.Sprintf("Four times %d connections to order from another host (a network namespace): of clients that have an answer and stay idle, that wait for "+
		"one, and that stopped in the middle of a request's head or body. The link of that host goes down, and the clients vanish: order is not told and "+
		"has the connections open. It closes all of them within the bounds for silent clients, and at most %v later. Other requests are answered meanwhile.", fewGone, late),
	Needs: needsNamespace,
	Prepare: func(s *native.Settings) (func() error, error) {
		s.Publish(native.Order)
		return otherHost().prepare()
	},
	Break: vanish,
	Check: metTargets,
}

// vanish makes clients vanish, of which order is told nothing, and waits until it has closed their connections.
func vanish(ctx context.Context, r *Rig) error {
	crowds := []*crowd{ // those with the shortest bound come last, so that it is not over when the link goes down
		{what: "have an answer and stay idle", send: get("/livez"), reads: true, bound: idleBound},
		{what: "wait for an answer", send: get(usualPath + "?latency=pricing:" + slowWork.String()), bound: slowWork + idleBound},
		{what: "stopped in a request's body", send: postHead + postBody, bound: bodyBound},
		{what: "stopped in a request's head", send: postHead, bound: headBound},
	}
	defer func() {
		for _, c := range crowds {
			closeAll(c.conns)
		}
	}()
	n := otherHost()
	_, port, err := net.SplitHostPort(r.Addr(native.OrderPort))
	if err != nil {
		return err
	}
	if err := n.enter(func() error {
		for _, c := range crowds {
			if err := c.arrive(ctx, net.JoinHostPort(n.here(), port), fewGone); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	if err := r.accepted(ctx, crowds...); err != nil {
		return err
	}
	if err := n.link("down"); err != nil {
		return err
	}
	for _, c := range crowds {
		forget(c.conns)
	}
	if err := r.observe(crowds...); err != nil {
		return err
	}
	for _, c := range crowds {
		if c.open != fewGone {
			return fmt.Errorf("%v after clients that %s began, order had closed %d of %d of their connections: it knows that they are gone, or the machine is too busy "+
				"to take the link down within %v", time.Since(c.began).Round(poll), c.what, fewGone-c.open, fewGone, c.bound)
		}
	}
	r.note("%d clients are gone, and order has the connections of all of them open", fewGone*len(crowds))
	if err := r.closed(ctx, crowds...); err != nil {
		return err
	}
	r.Repair()
	return nil
}

// forget closes connections as a host does that loses its power: none of them exists afterwards, and nothing is sent again. What is sent
// once, a reset, does not arrive, because the link is down.
func forget(conns []net.Conn) {
	for _, c := range conns {
		if tcp, ok := c.(*net.TCPConn); ok {
			tcp.SetLinger(0)
		}
	}
	closeAll(conns)
}
