package scale

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials/insecure"

	"spanwise/lab/play"
)

// A Load is traces that the processes of a shop send at a steady rate, whether or not what they sent before was accepted.
type Load struct {
	Agents []string       // host:port of the agent of each process
	Rate   int            // traces a second
	Seed   uint64         // of the trace ids
	Mix    func(int) Kind // of the nth trace
	Late   time.Duration  // how long after the root the span of a trace comes that is late
}

const (
	tick = 20 * time.Millisecond // between two batches of a process
	// gap is how long after the first process the second one sends its spans of a trace, as if it exported less often.
	gap = 300 * time.Millisecond
	// An export is retried as the services of the shop do it, until giveUp.
	firstRetry, lastRetry = 200 * time.Millisecond, 2 * time.Second
	attempt               = 10 * time.Second
	giveUp                = 60 * time.Second
)

// Sent is what a load has sent.
type Sent struct {
	Traces  []Trace
	Retries int   // exports that were tried again
	Lost    int   // spans that were given up
	Err     error // why, of the first
}

// A Sending is a load that is being sent. Stop ends it.
type Sending struct {
	Load
	ctx     context.Context
	random  *rand.Rand
	clients []collectorpb.TraceServiceClient
	conns   []*grpc.ClientConn
	stop    context.CancelFunc
	ended   chan struct{}
	exports sync.WaitGroup

	mu   sync.Mutex
	sent Sent
}

// Start starts to send a load. The end of ctx also ends the retries.
func (l Load) Start(ctx context.Context) (*Sending, error) {
	if len(l.Agents) != len(processes) {
		return nil, fmt.Errorf("want %d agents, one for each process; got %v", len(processes), l.Agents)
	}
	s := &Sending{Load: l, ctx: ctx, random: rand.New(rand.NewPCG(l.Seed, 0)), ended: make(chan struct{})}
	soon := grpc.ConnectParams{Backoff: backoff.Config{BaseDelay: firstRetry, Multiplier: 1.6, Jitter: 0.2, MaxDelay: lastRetry}, MinConnectTimeout: time.Second}
	for _, address := range l.Agents {
		conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithConnectParams(soon))
		if err != nil {
			return nil, fmt.Errorf("send to %s: %w", address, err)
		}
		s.conns = append(s.conns, conn)
		s.clients = append(s.clients, collectorpb.NewTraceServiceClient(conn))
	}
	running, stop := context.WithCancel(ctx)
	s.stop = stop
	go s.run(running)
	return s, nil
}

// Stop ends the load, waits until all spans are accepted or given up, and returns what was sent.
func (s *Sending) Stop() Sent {
	s.stop()
	<-s.ended
	s.exports.Wait()
	for _, conn := range s.conns {
		conn.Close()
	}
	return s.sent
}

// run sends the traces that are due, every tick.
func (s *Sending) run(ctx context.Context) {
	defer close(s.ended)
	began := time.Now()
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			due := int(now.Sub(began).Seconds() * float64(s.Rate))
			s.send(due - len(s.sent.Traces))
		}
	}
}

// send makes n traces and sends their spans: those of the first process at once, the others after gap or Late.
func (s *Sending) send(n int) {
	now := time.Now()
	early, late := make([][]*tracepb.Span, len(processes)), make([][]*tracepb.Span, len(processes))
	for range n {
		t := newTrace(s.random, s.Mix(len(s.sent.Traces)), now)
		s.sent.Traces = append(s.sent.Traces, t)
		for i := range spansEach {
			to := early
			if t.isLate(i) {
				to = late
			}
			to[i%len(processes)] = append(to[i%len(processes)], t.span(i))
		}
	}
	for p := range processes {
		s.exportAfter(time.Duration(p)*gap, p, early[p])
		s.exportAfter(s.Late, p, late[p])
	}
}

func (s *Sending) exportAfter(delay time.Duration, process int, spans []*tracepb.Span) {
	if len(spans) == 0 {
		return
	}
	s.exports.Go(func() {
		if err := play.Wait(s.ctx, delay); err != nil {
			s.lose(len(spans), err)
			return
		}
		s.export(process, spans)
	})
}

// export sends spans until they are accepted or it is time to give up.
func (s *Sending) export(process int, spans []*tracepb.Span) {
	request := &collectorpb.ExportTraceServiceRequest{ResourceSpans: []*tracepb.ResourceSpans{batch(process, spans)}}
	for until, pause := time.Now().Add(giveUp), firstRetry; ; pause = min(2*pause, lastRetry) {
		ctx, cancel := context.WithTimeout(s.ctx, attempt)
		answer, err := s.clients[process].Export(ctx, request)
		cancel()
		if rejected := answer.GetPartialSuccess().GetRejectedSpans(); rejected > 0 {
			s.lose(int(rejected), errors.New(answer.GetPartialSuccess().GetErrorMessage()))
		}
		if err == nil {
			return
		}
		if time.Now().After(until) || play.Wait(s.ctx, pause) != nil {
			s.lose(len(spans), err)
			return
		}
		s.mu.Lock()
		s.sent.Retries++
		s.mu.Unlock()
	}
}

func (s *Sending) lose(spans int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent.Lost += spans
	if s.sent.Err == nil {
		s.sent.Err = err
	}
}
