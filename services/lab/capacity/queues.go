package capacity

import (
	"fmt"
	"math"
	"time"

	"spanwise/lab/native"
)

// queue adds what each of n instances keeps on its disk while what it sends to is away. It has that many queues.
func (p *planner) queue(group, what string, n int, rate float64, queues int) {
	size := max(native.LeastQueue, math.Ceil(rate*p.Outage.Seconds()/float64(n)))
	p.add(group, "queue_size of each", size, "spans", "%s %s × %s ÷ %d %s, at least %s", amount(rate, "spans/s"), what, timeOf(p.Outage), n, group, number(native.LeastQueue))
	name, how := "disk of each, for the queue", ""
	if queues > 1 {
		name, how = fmt.Sprintf("disk of each, for %d queues", queues), fmt.Sprintf(" × %d queues", queues)
	}
	p.add(group, name, size*p.Bytes.Queue.Value*float64(queues), "B", "that × %s B%s", number(p.Bytes.Queue.Value), how)
}

// kafka says what Kafka needs if each set of gateways has that many.
func (p *planner) kafka(readers int) {
	const group = "Kafka"
	rate := p.spans * p.Bytes.Kafka.Value
	byBytes, byReaders := math.Ceil(rate/partitionRate), float64(partitionsPerReader*readers)
	partitions := max(byBytes, byReaders)
	p.add(group, "partitions", partitions, "", "the larger of %s for bytes (%s ÷ %s each) and %s for the readers of a set (%d each)",
		number(byBytes), amount(rate, "B/s"), amount(partitionRate, "B/s"), number(byReaders), partitionsPerReader)
	all := (rate*p.Retention.Seconds() + partitions*segment) * replicas
	p.add(group, "disk of all brokers", all, "B", "(%s × %s of retention, and for each partition a segment of %s, which is deleted as a whole) × %d replicas",
		amount(rate, "B/s"), timeOf(p.Retention), amount(segment, "B"), replicas)
	p.add(group, "disk of each broker", all/float64(p.Brokers), "B", "that ÷ %d brokers", p.Brokers)
}

// gateways says what n gateways of a set need.
func (p *planner) gateways(n int) {
	const group = "gateways"
	sets := setsOf(p.Pipeline)
	undecided := undecidedTraces(p.Rate, p.Wait)
	of, both := fmt.Sprintf("%d gateways", n), ""
	if sets > 1 {
		of, both = of+" of a set", fmt.Sprintf(" × %d sets", sets)
	}
	memory := undecided * p.Demand.Spans * p.Bytes.Memory.Value
	p.add(group, "undecided traces", undecided, "traces", "%s requests/s × (%s and, on average, half a second)", number(p.Rate), timeOf(p.Wait))
	p.add(group, "memory of these, all gateways", memory*float64(sets), "B", "%s traces × %s spans × %s B%s",
		number(undecided), number(p.Demand.Spans), number(p.Bytes.Memory.Value), both)
	room := math.Ceil(undecided * headroom / float64(n))
	p.add(group, "num_traces of each", room, "traces", "%s traces × %d for headroom ÷ %s", number(undecided), headroom, of)
	p.add(group, "decision_cache of each", room*cached, "traces", "%d × num_traces, in each of two caches: of what was sampled, and of what was not", cached)
	cache := caches * room * cached * decisionBytes
	p.add(group, "memory of each", memory*headroom/float64(n)+cache+p.Gateway.Value, "B", "%s × %d for headroom ÷ %s, %d caches × %s decisions × %d B, and %s without any",
		amount(memory, "B"), headroom, of, caches, number(room*cached), decisionBytes, amount(p.Gateway.Value, "B"))
	p.queue(group, "that are kept", n, p.stored, 1) // each set keeps all of them
}

// undecidedTraces returns how many traces wait for a decision in a set of gateways, on average. Decisions are made once a second, so a
// trace waits half a second longer than it must.
func undecidedTraces(rate float64, wait time.Duration) float64 { return rate * (wait.Seconds() + 0.5) }
