package fault

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxDelay bounds one delay. The timeout of the request bounds their sum.
const maxDelay = 10 * time.Second

// A delay is one item of the latency parameter: target:mean~jitter@probability.
type delay struct {
	target      string // a service, its database as service.db, or the network to it as service.net
	mean        time.Duration
	jitter      time.Duration // standard deviation
	probability float64
}

// delays is the latency parameter.
type delays struct{ Info }

func (delays) check(value string) error {
	_, err := parseDelays(value)
	return err
}

func parseDelays(value string) ([]delay, error) { return parseItems(value, parseDelay) }

func parseDelay(item string) (d delay, err error) {
	target, rest, ok := strings.Cut(item, ":")
	if !ok {
		return d, fmt.Errorf("%q lacks a colon between place and time", item)
	}
	if d.target, err = parsePlace(target); err != nil {
		return d, err
	}
	if rest, d.probability, err = cutProbability(rest); err != nil {
		return d, err
	}
	mean, jitter, jittered := strings.Cut(rest, "~")
	if d.mean, err = parseDuration(mean); err != nil || !jittered {
		return d, err
	}
	d.jitter, err = parseDuration(jitter)
	return d, err
}

func parsePlace(place string) (string, error) {
	if service, ok := strings.CutSuffix(place, ".net"); ok {
		return place, known(service, called)
	}
	return place, known(strings.TrimSuffix(place, ".db"), services)
}

// known returns an error unless the service is one of the list.
func known(service string, list []string) error {
	if !slices.Contains(list, service) {
		return fmt.Errorf("%q is not one of %s", service, strings.Join(list, ", "))
	}
	return nil
}

// cutProbability takes a trailing @probability off; without one it is 1.
func cutProbability(s string) (string, float64, error) {
	before, after, ok := strings.Cut(s, "@")
	if !ok {
		return s, 1, nil
	}
	p, err := strconv.ParseFloat(after, 64)
	if err != nil || !(p > 0 && p <= 1) { // this way round it refuses NaN
		return "", 0, fmt.Errorf("%q is not a probability (want 0 < p ≤ 1)", after)
	}
	return before, p, nil
}

func parseDuration(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%q is not a duration", s)
	case d < 0:
		return 0, fmt.Errorf("%v is negative", d)
	case d > maxDelay:
		return 0, fmt.Errorf("%v is longer than the maximum of %v", d, maxDelay)
	}
	return d, nil
}

// draw returns how long the delay takes this time, given a chance in [0,1) and a deviation from the standard normal
// distribution.
func (d delay) draw(chance, deviation float64) time.Duration {
	if chance >= d.probability {
		return 0
	}
	return min(max(0, d.mean+time.Duration(deviation*float64(d.jitter))), maxDelay)
}

// Slow sleeps as long as the request of ctx asked for at that target.
func Slow(ctx context.Context, target string) error {
	value := from(ctx)[latency.Name]
	if value == "" {
		return nil
	}
	all, _ := parseDelays(value)
	var total time.Duration
	for _, d := range all {
		if d.target == target {
			total += d.draw(rand.Float64(), rand.NormFloat64())
		}
	}
	if total == 0 {
		return nil
	}
	timer := time.NewTimer(total)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
