package scale

import (
	"slices"
	"time"

	"spanwise/lab/native"
)

// All lists the drills.
var All = []Drill{
	{
		Name: "untouched", In: every,
		Text: "Nothing is broken.",
	},
	{
		Name: "gateway-sigkill", In: sampled, Quick: []string{kafkaTwice.Name},
		Text: "kill -9 of a gateway, and a restart 3 s later.", Bound: memory,
		Break: killed(native.Gateway(1)),
	},
	{
		Name: "gateway-sigkill-uncommitted", In: []Arrangement{kafka}, Settings: []string{"KAFKA_COMMIT_INTERVAL=24h"},
		Text:  "The same, while the gateways do not commit what they read from Kafka: it is read again.",
		Break: killed(native.Gateway(1)),
	},
	{
		Name: "gateway-gone", In: slices.Concat(sampled, []Arrangement{gatewaysByName}),
		Text:  "kill -9 of a gateway that does not come back. 3 s later it leaves the agents' list; with Kafka, its group notices after 10 s.",
		Bound: memoryAndChange,
		Break: gatewayGone,
	},
	{
		Name: "gateway-sigterm", In: sampled,
		Text: "SIGTERM to a gateway, and a restart 3 s later.", Bound: change,
		Break: terminateGateway,
	},
	{
		Name: "gateway-added", In: sampled,
		Text: "A third gateway is added under load.", Bound: change.once(),
		Break: addGateway, Check: joined,
	},
	{
		Name: "gateway-removed", In: slices.Concat(sampled, []Arrangement{gatewaysByName}),
		Text:  "A gateway leaves in order: out of the agents' list, and SIGTERM once it has decided on all its traces. With Kafka there is no list: SIGTERM, then its queue on disk is opened again until it is empty, and after 10 s the group gives its partitions to others.",
		Bound: change.once(),
		Break: removeGateway,
	},
	{
		Name: "agent-sigkill", In: every, Quick: []string{gateways.Name},
		Text:  "kill -9 of an agent, and a restart 3 s later.",
		Break: killed(native.Agent(2)), Check: retried,
	},
	{
		Name: "broker-paused", In: byKafka,
		Text:  "The broker does not answer for 3 s, and then goes on.",
		Break: pauseBroker,
	},
	{
		Name: "broker-sigkill", In: byKafka,
		Text: "kill -9 of the broker, whose messages and offsets are on disk, and a restart 3 s later.",
		Bound: Bound{
			Why:    "the broker for tests forgets the members of a group, which then share out the partitions again; Kafka keeps them with the offsets",
			Before: change.Before, After: change.After, Reach: change.Reach, Both: true, Cuts: true,
		},
		Break: killBroker,
	},
	{
		Name: "ingester-sigkill", In: []Arrangement{ingesters},
		Text:  "kill -9 of an ingester, which reads from Kafka and does not sample, and a restart 3 s later.",
		Break: killed(native.Gateway(1)),
	},
	{
		Name: "late-inside", In: sampled, Settings: []string{native.DecisionWait + "=6s"}, Late: 3 * time.Second,
		Text: "Spans come 3 s after the root. The gateways wait for 6 s.",
	},
	{
		Name: "late-beyond", In: sampled, Settings: []string{native.DecisionWait + "=4s"}, Late: 10 * time.Second, MayMiss: []Kind{LateError},
		Text: "Spans come 10 s after the root. The gateways wait for 4 s: a late span follows the decision, so an error in it does not keep its trace.",
	},
	{
		Name: "too-few-traces", In: []Arrangement{gateways}, Settings: []string{"OTELCOL_NUM_TRACES=200"},
		Text:  "num_traces is a fifth of what rate and wait need. What is thrown out undecided is counted, in the counter that the alert TracesUndecided watches.",
		Bound: Bound{Why: "num_traces is too small, and tail sampling throws out the oldest trace", Before: time.Hour, After: time.Hour},
		Check: thrownOut,
	},
}
