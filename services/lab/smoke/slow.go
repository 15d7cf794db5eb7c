package smoke

import (
	"context"
	"errors"
	"fmt"
	"time"

	"spanwise/doctor/trace"

	"spanwise/lab/play"
)

const (
	delay = 50 * time.Millisecond
	// rounds is how often the slow request is tried. On a busy machine a request that nobody slowed can take as long
	// as one that was; a delay that leaks to other requests shows every time.
	rounds = 3
)

// slow slows one request down while others run, and checks that it alone was slowed, and only where it asked.
func (s smoke) slow(ctx context.Context) error {
	var hit, missed error
	for range rounds {
		slow, others, err := s.sideBySide(ctx)
		if err != nil {
			return err
		}
		hit = slowed(slow, "pricing", 10, delay)
		missed = unslowed(slow, "pricing", delay)
		for _, o := range others {
			missed = errors.Join(missed, during(o, slow), unslowed(o, "", delay))
		}
		if hit == nil && missed == nil {
			break
		}
	}
	s.tell(fmt.Sprintf("latency=pricing:%v: on all pricing spans of the request", delay), hit)
	s.tell(fmt.Sprintf("latency=pricing:%v: on nothing else, and on no other request at the same time", delay), missed)
	return nil
}

// sideBySide makes a slow request, and as many others as fit into its time, and returns their traces.
func (s smoke) sideBySide(ctx context.Context) (slow *trace.Trace, others []*trace.Trace, err error) {
	var answer play.Answer
	done := make(chan error, 1)
	go func() {
		var err error
		answer, err = s.shop.Do(ctx, get(fmt.Sprintf("/orders/10?fetch=each&latency=pricing:%v", delay)))
		done <- err
	}()
	var during []play.Answer
	for under := true; under; {
		other, err := s.shop.Do(ctx, get("/orders/10?fetch=each"))
		if err != nil {
			return nil, nil, errors.Join(err, <-done)
		}
		select {
		case err := <-done:
			if err != nil {
				return nil, nil, err
			}
			under = false // the last one may have begun too late
		default:
			during = append(during, other)
		}
	}
	if len(during) < 2 {
		return nil, nil, errors.New("got no other request into the time of the slow one")
	}
	if slow, err = s.await(ctx, answer, eachShape(10)); err != nil {
		return nil, nil, err
	}
	for _, a := range during[1:] { // the first may have been over before the slow one began
		t, err := s.await(ctx, a, eachShape(10))
		if err != nil {
			return nil, nil, err
		}
		others = append(others, t)
	}
	return slow, others, nil
}
