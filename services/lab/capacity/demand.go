package capacity

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Demand is what a shop has to carry.
type Demand struct {
	Rate     float64 // requests/s
	Spans    float64 // of a request
	Pipeline string
	Kept     float64       // share of the traces that are stored, above 0 and up to 1
	Wait     time.Duration // of a gateway, for a trace: decision_wait, or decision_wait_after_root_received
	Outage   time.Duration // for which the queues hold everything
	Days     float64       // that traces are stored
	Cores    float64       // of an instance
	Busy     float64       // share of its cores that an instance may use, above 0 and up to 1

	Agents    int           // how many; 0 for as many as their cores need
	Gateways  int           // how many in each set; 0 for as many as their cores need
	Retention time.Duration // of Kafka
	Brokers   int           // of Kafka
}

// Default returns the demand that is meant unless something else is asked: as in deploy/pipeline and deploy/kubernetes, and as
// deploy/otelcol-tail.yaml samples. Its rate has to be set.
func (c Costs) Default(pipeline string) Demand {
	d := Demand{Spans: c.Spans, Pipeline: pipeline, Kept: 0.1, Wait: 10 * time.Second, Outage: 10 * time.Minute, Days: 7, Cores: 1, Busy: 0.6,
		Retention: 6 * time.Hour, Brokers: 3}
	if pipeline == Direct {
		d.Kept = 1
	}
	return d
}

// A limit is the range of what is understood: beyond it, the input is a mistake, or the answer would be one.
type limit struct {
	flag      string
	value     float64
	low, high float64
	what      string
	example   string
}

// Check returns an error that says what to change if something cannot be right.
func (d Demand) Check() error {
	if !slices.Contains(Pipelines, d.Pipeline) {
		return fmt.Errorf("-pipeline %q: choose from %s", d.Pipeline, strings.Join(Pipelines, ", "))
	}
	for _, l := range []limit{
		{"rate", d.Rate, 1, 1e6, "requests/s", "-rate 10000"},
		{"spans", d.Spans, 1, 1e5, "spans a request", "-spans 12"},
		{"kept", 100 * d.Kept, 0.001, 100, "% of the traces", "-kept 10%"},
		{"wait", d.Wait.Seconds(), 1, 600, "seconds", "-wait 10s"},
		{"outage", d.Outage.Minutes(), 0.1, 7 * 24 * 60, "minutes", "-outage 10m"},
		{"days", d.Days, 0.1, 3650, "days", "-days 7"},
		{"cores", d.Cores, 0.1, 256, "cores of an instance", "-cores 1"},
		{"busy", 100 * d.Busy, 5, 100, "% of its cores", "-busy 60%"},
		{"agents", float64(d.Agents), 0, 1e5, "agents", "-agents 20"},
		{"gateways", float64(d.Gateways), 0, 1e4, "gateways of a set", "-gateways 4"},
		{"retention", d.Retention.Hours(), 0.1, 365 * 24, "hours", "-retention 6h"},
		{"brokers", float64(d.Brokers), replicas, 1e4, "brokers", "-brokers 3"},
	} {
		if !(l.value >= l.low && l.value <= l.high) { // and so refuses NaN
			return fmt.Errorf("-%s: %v is not from %v to %v %s (for example %s)", l.flag, short(l.value), short(l.low), short(l.high), l.what, l.example)
		}
	}
	switch {
	case d.Pipeline == Direct && d.Kept < 1:
		return fmt.Errorf("-kept: the pipeline direct keeps every trace (choose -pipeline gateways or -pipeline kafka, or leave -kept out)")
	case d.Pipeline == Direct && d.Gateways > 0:
		return fmt.Errorf("-gateways: the pipeline direct has none (choose -pipeline gateways or -pipeline kafka, or leave -gateways out)")
	case d.Wait%time.Second != 0:
		return fmt.Errorf("-wait: the Collector leaves out the part of a second of %v (for example -wait %v)", d.Wait, d.Wait.Truncate(time.Second)+time.Second)
	case once(d.Pipeline) == Kafka && d.Retention < d.Outage:
		return fmt.Errorf("-retention: after %s, Kafka deletes what the gateways have not read in an outage of %s: make it longer, or -outage shorter",
			timeOf(d.Retention), timeOf(d.Outage))
	}
	return nil
}

// short formats a number without an exponent if it has a few digits, and with one otherwise.
func short(v float64) string {
	if v != 0 && (v >= 1e7 || v <= -1e7) {
		return strconv.FormatFloat(v, 'g', 4, 64)
	}
	return number(v)
}

// Share reads a share such as 10% or 0.1.
func Share(text string) (float64, error) {
	digits, percent := strings.CutSuffix(strings.TrimSpace(text), "%")
	v, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a share (for example 10%% or 0.1)", text)
	}
	if percent {
		v /= 100
	}
	return v, nil
}
