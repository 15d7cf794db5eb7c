package scale

import (
	"context"
	"errors"
	"fmt"
	"time"

	"spanwise/lab/native"
	"spanwise/lab/play"
)

// killed kills a program, and starts it again after a while.
func killed(program string) func(context.Context, *Rig) error {
	return func(ctx context.Context, r *Rig) error {
		if err := r.holds(ctx, program); err != nil {
			return err
		}
		return errors.Join(r.Kill(program), r.back(ctx, program))
	}
}

// gatewayGone kills a gateway, and takes it out of the list after a while.
func gatewayGone(ctx context.Context, r *Rig) error {
	if err := r.holds(ctx, native.Gateway(1)); err != nil {
		return err
	}
	return errors.Join(r.Kill(native.Gateway(1)), play.Wait(ctx, away), r.ListGateways(ctx, native.Gateway(2)))
}

// terminateGateway stops a gateway in order, and starts it again after a while.
func terminateGateway(ctx context.Context, r *Rig) error {
	if err := r.holds(ctx, native.Gateway(1)); err != nil {
		return err
	}
	return errors.Join(r.Terminate(ctx, native.Gateway(1)), r.back(ctx, native.Gateway(1)))
}

func addGateway(ctx context.Context, r *Rig) error {
	_, err := r.AddGateway(ctx)
	return err
}

// removeGateway takes a gateway out of the list, waits until it has no undecided trace, and stops it. With Kafka there is no list, so the
// gateway decides when it is told to stop. What it keeps is then in its queue on disk, where it stays when the process ends: a persistent
// queue delivers nothing more once it is shut down, unlike one in memory. So the queue is opened again until it is empty.
func removeGateway(ctx context.Context, r *Rig) error {
	if err := r.holds(ctx, native.Gateway(1)); err != nil {
		return err
	}
	if err := r.ListGateways(ctx, native.Gateway(2)); err != nil {
		return err
	}
	if !r.in.Pipeline.HasKafka() {
		return errors.Join(r.decided(ctx, native.Gateway(1)), r.Terminate(ctx, native.Gateway(1)))
	}
	if err := r.Terminate(ctx, native.Gateway(1)); err != nil {
		return err
	}
	spans, err := r.Drain(ctx, native.Gateway(1))
	r.drained = int(spans)
	return err
}

// decided waits until a gateway has decided on all its traces and sent those that it keeps, for at most a minute.
func (r *Rig) decided(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		d, err := r.DeliveredBy(ctx, name)
		if err != nil || d.Tail.Undecided() == 0 && d.Queued == 0 {
			return err
		}
		if err := play.Wait(ctx, poll); err != nil {
			return fmt.Errorf("%s left the list, and has still not decided on %d traces: %w", name, d.Tail.Undecided(), err)
		}
	}
}

// pauseBroker stops the broker for a while, as if it could not be reached.
func pauseBroker(ctx context.Context, r *Rig) error {
	if pauseSignal == nil {
		return errors.New("a process cannot be paused on this system")
	}
	broker := r.Process(native.Broker)
	return errors.Join(broker.Signal(pauseSignal), play.Wait(ctx, away), r.queued(ctx), broker.Signal(resumeSignal))
}

// killBroker kills the broker, and starts it again after a while.
func killBroker(ctx context.Context, r *Rig) error {
	return errors.Join(r.Kill(native.Broker), play.Wait(ctx, away), r.queued(ctx), r.Restart(ctx, native.Broker))
}

// holds notes how many undecided traces a gateway has. If a program has nothing to lose, a drill that breaks it shows nothing, which is
// an error.
func (r *Rig) holds(ctx context.Context, name string) error {
	if !native.IsGateway(name) {
		return nil // the shop's retries show that an agent was away
	}
	d, err := r.DeliveredBy(ctx, name)
	if err != nil {
		return err
	}
	r.held = int(d.Tail.Undecided())
	return errors.Join(hasTraces(r.in, name, d), hasPartitions(r.in, name, d))
}

func hasTraces(in Arrangement, name string, d native.Delivery) error {
	if in.Tail && d.Tail.Undecided() == 0 {
		return fmt.Errorf("%s had no undecided trace when it was broken, so nothing was shown", name)
	}
	return nil
}

func hasPartitions(in Arrangement, name string, d native.Delivery) error {
	if in.Pipeline.HasKafka() && (d.Taken == d.Given || d.Accepted == 0) {
		return fmt.Errorf("%s read nothing from Kafka when it was broken, so nothing was shown", name)
	}
	return nil
}

// queued requires that the agents hold spans while the broker is away.
func (r *Rig) queued(ctx context.Context) error {
	for n := range Processes {
		d, err := r.DeliveredBy(ctx, native.Agent(n+1))
		if err != nil {
			return err
		}
		if d.Queued > 0 {
			return nil
		}
	}
	return errors.New("no agent had spans in its queue while the broker was away, so nothing was shown")
}

// retried requires that the shop had to send again what an agent did not take.
func retried(_ context.Context, _ *Rig, o Outcome) error {
	if o.Retries == 0 {
		return errors.New("every export was accepted at once, so the agent was not away")
	}
	return nil
}

// joined requires that the gateway that was added got traces.
func joined(ctx context.Context, r *Rig, _ Outcome) error {
	d, err := r.DeliveredBy(ctx, native.Gateway(3))
	if err == nil && d.Tail.Began == 0 {
		err = errors.New("the gateway that was added got no trace, so nothing was changed")
	}
	return err
}

// thrownOut requires that traces were lost because there were too many.
func thrownOut(_ context.Context, _ *Rig, o Outcome) error {
	if o.Evicted == 0 {
		return errors.New("no trace was thrown out, according to otelcol_processor_tail_sampling_sampling_trace_dropped_too_early")
	}
	return nil
}
