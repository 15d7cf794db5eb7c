package scale

import "spanwise/lab/native"

// An Arrangement is a pipeline and what it samples.
type Arrangement struct {
	Name     string
	Pipeline native.Pipeline
	Sampling string // the value of SAMPLING; by default that of the pipeline
	Tail     bool   // whether traces are sampled
	DNS      bool   // whether agents look gateways up by name
	Agents   int    // how many; by default, one for each process of the shop
}

// The arrangements, from the smallest to the largest.
var (
	direct        = Arrangement{Name: "direct", Pipeline: native.Direct}
	gateways      = Arrangement{Name: "gateways", Pipeline: native.Gateways, Tail: true}
	gatewaysTwice = Arrangement{Name: "gateways-twice", Pipeline: native.GatewaysTwice, Tail: true}
	// The agents of production look gateways up by name, those of make up read a list.
	gatewaysByName = Arrangement{Name: "gateways-dns", Pipeline: native.Gateways, Tail: true, DNS: true}
	ingesters      = Arrangement{Name: "ingesters", Pipeline: native.Kafka, Sampling: "all"}
	kafka          = Arrangement{Name: "kafka", Pipeline: native.Kafka, Tail: true}
	kafkaTwice     = Arrangement{Name: "kafka-twice", Pipeline: native.KafkaTwice, Tail: true}

	sampled = []Arrangement{gateways, gatewaysTwice, kafka, kafkaTwice}
	byKafka = []Arrangement{ingesters, kafka, kafkaTwice}
	every   = []Arrangement{direct, gateways, gatewaysTwice, ingesters, kafka, kafkaTwice}

	// All arrangements, in the order of the table.
	arrangements = []Arrangement{direct, gateways, gatewaysByName, gatewaysTwice, ingesters, kafka, kafkaTwice}
)

// Settings returns the variables for the programs.
func (a Arrangement) Settings() []string {
	settings := []string{native.PipelineName + "=" + string(a.Pipeline)}
	if a.Sampling != "" {
		settings = append(settings, "SAMPLING="+a.Sampling)
	}
	return settings
}

// wants reports whether a trace should be whole in the store. Tail sampling drops only normal ones.
func (a Arrangement) wants(t Trace) bool { return !a.drops(t) }

// drops reports whether no span of a trace should be in the store.
func (a Arrangement) drops(t Trace) bool { return a.Tail && t.Kind == Normal && !t.InShare() }
