package capacity

import (
	"math"
	"strings"
	"testing"
	"time"
)

// A demand that cannot be right is refused, with an example of one that is.
func TestCheck(t *testing.T) {
	for _, test := range []struct {
		change func(*Demand)
		want   string
	}{
		{func(d *Demand) {}, ""},
		{func(d *Demand) { d.Rate = 0 }, "-rate: 0 is not from 1 to 1,000,000 requests/s (for example -rate 10000)"},
		{func(d *Demand) { d.Rate = -5 }, "-rate: -5 is not"},
		{func(d *Demand) { d.Rate = math.NaN() }, "-rate: NaN is not"},
		{func(d *Demand) { d.Rate = math.Inf(1) }, "-rate: +Inf is not"},
		{func(d *Demand) { d.Rate = 1e12 }, "-rate: 1e+12 is not"},
		{func(d *Demand) { d.Spans = 0.5 }, "-spans: 0.500 is not"},
		{func(d *Demand) { d.Kept = 0 }, "-kept: 0 is not"},
		{func(d *Demand) { d.Kept = 1.5 }, "-kept: 150 is not"},
		{func(d *Demand) { d.Wait = -time.Second }, "-wait: -1 is not from 1 to 600 seconds"},
		{func(d *Demand) { d.Wait = 0 }, "-wait: 0 is not"},
		{func(d *Demand) { d.Wait = 1500 * time.Millisecond }, "-wait: the Collector leaves out the part of a second of 1.5s (for example -wait 2s)"},
		{func(d *Demand) { d.Outage = 0 }, "-outage: 0 is not from 0.100 to 10,080 minutes (for example -outage 10m)"},
		{func(d *Demand) { d.Outage = 9999 * time.Hour }, "-outage: 599,940 is not"},
		{func(d *Demand) { d.Days = -1 }, "-days: -1 is not"},
		{func(d *Demand) { d.Days = 0 }, "-days: 0 is not from 0.100 to 3,650 days (for example -days 7)"},
		{func(d *Demand) { d.Agents = -1 }, "-agents: -1 is not"},
		{func(d *Demand) { d.Gateways = 1e6 }, "-gateways: 1,000,000 is not"},
		{func(d *Demand) { d.Pipeline, d.Kept, d.Gateways = Direct, 1, 2 }, "-gateways: the pipeline direct has none"},
		{func(d *Demand) { d.Brokers = 2 }, "-brokers: 2 is not from 3"},
		{func(d *Demand) { d.Retention = 0 }, "-retention: 0 is not"},
		{func(d *Demand) { d.Retention, d.Outage = time.Hour, 2*time.Hour }, "-retention: after 1 h, Kafka deletes what the gateways have not read in an outage of 2 h"},
		{func(d *Demand) { d.Pipeline, d.Retention, d.Outage = Gateways, time.Hour, 2*time.Hour }, ""},
		{func(d *Demand) { d.Pipeline = KafkaTwice }, ""},
		{func(d *Demand) { d.Cores = 0 }, "-cores: 0 is not"},
		{func(d *Demand) { d.Busy = 2 }, "-busy: 200 is not"},
		{func(d *Demand) { d.Pipeline = "pigeons" }, `-pipeline "pigeons": choose from direct, gateways, gateways-twice, kafka, kafka-twice`},
		{func(d *Demand) { d.Pipeline = Direct }, "the pipeline direct keeps every trace"},
	} {
		d := demand()
		test.change(&d)
		got := ""
		if err := d.Check(); err != nil {
			got = err.Error()
		}
		if !strings.HasPrefix(got, test.want) && !strings.Contains(got, test.want) || (got == "") != (test.want == "") {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

// Shares have percent signs or not.
func TestShare(t *testing.T) {
	for text, want := range map[string]float64{"10%": 0.1, "0.25": 0.25, " 60% ": 0.6} {
		if got, err := Share(text); got != want || err != nil {
			t.Errorf("%q: got %v, %v, want %v", text, got, err, want)
		}
	}
	if _, err := Share("most"); err == nil || !strings.Contains(err.Error(), "for example 10%") {
		t.Errorf("got %v, want an example", err)
	}
}
