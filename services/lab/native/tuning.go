package native

import (
	"fmt"
	"strconv"
	"time"
)

// queueSpans is how many spans a queue on disk holds.
const queueSpans = "OTELCOL_QUEUE_SPANS"

const (
	// leastMiB is the least OTELCOL_MEMORY_MIB of make up. A drill that wants spans to be refused sets less.
	leastMiB = 32
	// LeastQueue is the min_size of a batch: the Collector does not start with a queue that holds fewer spans.
	LeastQueue = 1024
)

// A tuning is a setting of the Collector, of agents or gateways whose value is a whole number.
type tuning struct {
	name      string
	low, high int64
	example   int
}

// checkTuning returns an error if the Collector, an agent or a gateway would not start with its settings, or not work. So a wrong
// one is reported before minutes of building.
func checkTuning(environ []string, leastMemory int64) error {
	for _, t := range []tuning{
		{memoryMiB, leastMemory, 1e6, gatewayMiB},
		{queueSpans, LeastQueue, 1e12, 1e6},
		{numTraces, 1, 1e8, gatewayMiB * perMiB},
		{decisions, 0, 1e9, gatewayMiB * perMiB * perTrace}, // 0: none are remembered
	} {
		if err := t.check(lookup(environ, t.name)); err != nil {
			return err
		}
	}
	return checkWait(lookup(environ, DecisionWait))
}

func (t tuning) check(value string) error {
	if value == "" {
		return nil
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n < t.low || n > t.high || strconv.FormatInt(n, 10) != value { // YAML reads 0100 as 64
		return fmt.Errorf("%s=%s: give it a whole number from %d to %d, such as %d", t.name, value, t.low, t.high, t.example)
	}
	return nil
}

// checkWait refuses parts of seconds, because the Collector leaves them out, and with them all of a wait below 1 s.
func checkWait(value string) error {
	if value == "" {
		return nil
	}
	if d, err := time.ParseDuration(value); err != nil || d < time.Second || d%time.Second != 0 {
		return fmt.Errorf("%s=%s: give it whole seconds with their unit, at least 1s, such as 10s", DecisionWait, value)
	}
	return nil
}
