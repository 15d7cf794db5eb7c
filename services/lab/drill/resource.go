package drill

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"spanwise/lab/native"
)

// The resources that are named like no target.
const (
	signals   = "signals"
	smallDisk = "small disk"
)

// queueDisk is the size of the disk of the queue: more than the queue gets while the disk is not meant to be full.
const queueDisk = "256m"

// A resource is something that a kind of faults needs, and that not every machine has.
type resource struct {
	name  string
	needs func() error // says why this machine does not have it
	// prepare changes the settings before the programs start. undo is called after they have stopped.
	prepare func(m *mix, s *native.Settings) (undo func() error, err error)
}

var resources = []resource{
	{signals, needsSignals, func(*mix, *native.Settings) (func() error, error) { return func() error { return nil }, nil }},
	{postgresServer, needsPostgres, func(m *mix, s *native.Settings) (remove func() error, err error) {
		m.postgres, remove, err = startPostgres(s)
		return remove, err
	}},
	{smallDisk, needsMount, func(_ *mix, s *native.Settings) (func() error, error) { return mountSmall(s.QueueDir(), queueDisk) }},
	{network, needsNamespace, func(_ *mix, s *native.Settings) (func() error, error) { return moveCollector(s) }},
}

func needsSignals() error {
	if pauseSignal == nil {
		return errors.New("it stops programs with SIGSTOP, which is done on Linux only")
	}
	return nil
}

// prepare prepares the resources that this machine has, and remembers why it lacks the others.
func (m *mix) prepare(s *native.Settings) (undo func() error, err error) {
	m.postgres, m.lacks = nil, map[string]error{}
	var undos []func() error
	for _, res := range resources {
		err := res.needs()
		if err == nil {
			undo, err = res.prepare(m, s)
		}
		if err != nil {
			m.lacks[res.name] = err
			continue
		}
		undos = append(undos, undo)
	}
	return func() error {
		var errs []error
		for _, undo := range slices.Backward(undos) {
			errs = append(errs, undo())
		}
		return errors.Join(errs...)
	}, nil
}

// note notes how often each kind happened, and why others could not.
func (m *mix) note(r *Rig) error {
	var counts, never []string
	for _, k := range kinds {
		what := k.name
		if len(k.targets) == 1 {
			what = k.targets[0] + " " + what
		}
		if why := m.lacks[k.needs]; why != nil {
			r.note("not in this mix: %s, because %v", what, why)
			continue
		}
		counts = append(counts, fmt.Sprintf("%s %d", what, m.happened[k.name]))
		if m.happened[k.name] == 0 {
			never = append(never, what)
		}
	}
	r.note("how often each kind of fault happened: %s", strings.Join(counts, ", "))
	if len(never) > 0 && r.Length >= enough {
		return fmt.Errorf("never happened in %v: %s", r.Length, strings.Join(never, ", "))
	}
	return nil
}
