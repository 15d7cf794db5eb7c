package drill

import (
	"context"
	"errors"
	"fmt"
	"time"

	"spanwise/lab/native"
	"spanwise/lab/play"
)

// postgresServer is the target PostgreSQL.
const postgresServer = "postgres"

// A fault is what happens to one program.
type fault struct {
	target, kind string
	after, away  time.Duration // from the beginning of the step; until the repair
}

func (f fault) String() string {
	return fmt.Sprintf("%s %s for %v", f.target, f.kind, f.away.Round(time.Millisecond))
}

// The kinds of faults.
const (
	killed     = "killed"
	terminated = "terminated"
	paused     = "paused"
)

func (m *mix) choose(target string) fault {
	kinds := []string{killed, killed, terminated}
	if pauseSignal != nil {
		kinds = append(kinds, paused)
	}
	f := fault{target: target, kind: kinds[m.random.IntN(len(kinds))], after: between(m.random, 0, time.Second), away: between(m.random, 0, 5*time.Second)}
	if target == postgresServer {
		f.kind = killed
	}
	return f
}

func (m *mix) inflict(ctx context.Context, r *Rig, f fault) error {
	if err := play.Wait(ctx, f.after); err != nil {
		return err
	}
	if f.target == postgresServer {
		return m.postgres.away(ctx, f.away)
	}
	if f.target == native.Collector {
		from := time.Now()
		defer func() {
			m.mu.Lock()
			defer m.mu.Unlock()
			m.outages = append(m.outages, interval{from, time.Now()})
		}()
	}
	p := r.Process(f.target)
	if f.kind == paused {
		if err := p.Signal(pauseSignal); err != nil {
			return err
		}
		return errors.Join(play.Wait(ctx, f.away), p.Signal(resumeSignal))
	}
	if err := m.end(ctx, r, f); err != nil {
		return err
	}
	if err := play.Wait(ctx, f.away); err != nil {
		return err
	}
	return r.Run.Restart(ctx, f.target)
}

// end ends a program. One that is terminated while it cannot deliver its spans gives up and says so: that is as if it were killed.
func (m *mix) end(ctx context.Context, r *Rig, f fault) error {
	if f.kind == terminated && r.Terminate(ctx, f.target) == nil {
		return nil
	}
	return r.Kill(f.target)
}
