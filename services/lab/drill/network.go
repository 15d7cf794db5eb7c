package drill

import (
	"context"
	"errors"
	"time"

	"spanwise/lab/native"
	"spanwise/lab/play"
)

var networkDrills = []Drill{{
	Name: "network-cut",
	Text: "The Collector runs on another host (a network namespace), whose link is down for 15 s: no packet gets through, and no connection " +
		"is closed. What was sent during that time may be stored twice.",
	Needs:   needsNamespace,
	Prepare: moveCollector,
	Break:   func(ctx context.Context, r *Rig) error { return cutLink(ctx, r, outage) },
}}

// moveCollector makes the Collector run on another host.
func moveCollector(s *native.Settings) (undo func() error, err error) {
	n := otherHost()
	if undo, err = n.prepare(); err != nil {
		return nil, err
	}
	s.MoveCollector(native.Host{Addr: n.there(), Home: n.here(), Enter: []string{"ip", "netns", "exec", n.name()}})
	return undo, nil
}

// cutLink takes the link to that host down for that long.
func cutLink(ctx context.Context, r *Rig, long time.Duration) error {
	n := otherHost()
	if _, err := r.Delivered(ctx); err != nil {
		return err
	}
	if err := n.link("down"); err != nil {
		return err
	}
	if err := silent(ctx, r, long); err != nil {
		return err
	}
	r.Repair()
	return n.link("up")
}

// silent requires that the Collector, which has answered before, does not answer for that long.
func silent(ctx context.Context, r *Rig, long time.Duration) error {
	cut, cancel := context.WithTimeout(ctx, long)
	defer cancel()
	for {
		if _, err := r.Delivered(cut); err == nil {
			return errors.New("the Collector answers although its link is down, so what this drill is about did not happen")
		}
		if play.Wait(cut, poll) != nil {
			return ctx.Err()
		}
	}
}
