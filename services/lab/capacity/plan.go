package capacity

import "fmt"

// A Plan is what a demand needs.
type Plan struct {
	Demand Demand
	Rows   []Row
	costs  Costs
	notes
}

// A Row is one thing that is needed.
type Row struct {
	Group string
	Name  string
	Value float64
	Unit  string // "B" and "B/s" are shown with a prefix, such as MB
	How   string // the formula, with its numbers
}

// What was not measured but assumed.
const (
	// partitionRate is how many bytes a second one partition of Kafka may take. Disks and networks carry more; this keeps a
	// broker's catch-up after an outage short.
	partitionRate = 5e6
	// partitionsPerReader leaves every reader with work after others have joined.
	partitionsPerReader = 2
	// replicas is how many brokers of Kafka have each message.
	replicas = 3
	// headroom is how many times the average of its undecided traces a gateway has room for: without room it drops traces undecided.
	headroom = 2
	// cached is how many decisions a gateway remembers for each undecided trace, as tail_sampling's documentation advises.
	cached = 10
	// caches is how many of them it has: one of sampled traces, and one of the others.
	caches = 2
	// decisionBytes is the memory of such a decision: an element of the list of golang-lru (88 bytes, in a size class of 96) and
	// one of its map (16 bytes, with half of the slots free). Counted in the source of v2.
	decisionBytes = 130
	// segment is the size of a file of Kafka, segment.bytes, unless it is set.
	segment = 1 << 30
	// fewest is how many instances everything has, so that one can fail.
	fewest = 2
)

const secondsPerDay = 24 * 60 * 60

// A planner collects the rows of a plan.
type planner struct {
	Costs
	Demand
	spans  float64 // that are made each second
	stored float64 // spans/s
	rows   []Row
	notes
}

// notes are the parts of which the plan has more to say.
type notes struct {
	above []string // an instance carries more than was measured
	below []string // or less
	full  []string // it needs more cores than it may use, because of its number
}

// Plan computes what a demand needs, which must have passed [Demand.Check].
func (c Costs) Plan(d Demand) (Plan, error) {
	p := planner{Costs: c, Demand: d, spans: d.Rate * d.Spans, stored: d.Rate * d.Spans * d.Kept}
	p.traffic()
	instances, err := p.processors()
	if err != nil {
		return Plan{}, err
	}
	p.queue("agents", "that are made", instances[agent], p.spans, queuesOf(d.Pipeline))
	if once(d.Pipeline) == Kafka {
		p.kafka(instances[gateway])
	}
	if d.Pipeline != Direct {
		p.gateways(instances[gateway])
	}
	p.store()
	return Plan{Demand: d, Rows: p.rows, costs: c, notes: p.notes}, nil
}

// add adds a row whose formula is made from format.
func (p *planner) add(group, name string, value float64, unit, format string, args ...any) {
	p.rows = append(p.rows, Row{group, name, value, unit, fmt.Sprintf(format, args...)})
}

func (p *planner) traffic() {
	p.add("traffic", "spans", p.spans, "spans/s", "%s requests/s × %s spans", number(p.Rate), number(p.Demand.Spans))
	p.flow("services → agents", p.Bytes.Wire, 1)
	switch once(p.Pipeline) {
	case Gateways:
		p.flow("agents → gateways", p.Bytes.Wire, setsOf(p.Pipeline))
	case Kafka:
		p.flow("agents → Kafka", p.Bytes.Kafka, 1)
		p.flow("Kafka → gateways", p.Bytes.Kafka, setsOf(p.Pipeline))
	}
	wire, copies := p.Bytes.Wire.Value, copiesOf(p.Pipeline)
	p.add("traffic", "to Jaeger", p.stored*wire*float64(copies), "B/s", "%s spans/s × %s %% kept × %s B%s",
		number(p.spans), number(100*p.Kept), number(wire), times(copies))
}

// flow adds the bytes of all spans, that many times.
func (p *planner) flow(name string, span Range, n int) {
	p.add("traffic", name, p.spans*span.Value*float64(n), "B/s", "%s spans/s × %s B%s", number(p.spans), number(span.Value), times(n))
}

func (p *planner) store() {
	const group = "store"
	copies := copiesOf(p.Pipeline)
	p.add(group, "spans", p.stored*float64(copies), "spans/s", "%s spans/s × %s %% kept%s", number(p.spans), number(100*p.Kept), times(copies))
	if copies == 1 {
		p.space("", 1)
		return
	}
	p.space(", one copy (Badger, Cassandra)", 1)
	p.space(", both copies (OpenSearch, ClickHouse)", copies)
}

// space adds the disk of what is stored, that many times.
func (p *planner) space(which string, copies int) {
	const group = "store"
	day := p.stored * secondsPerDay * p.Bytes.Badger.Value * float64(copies)
	p.add(group, "a day"+which, day, "B", "%s spans/s × 86,400 s × %s B%s", number(p.stored), number(p.Bytes.Badger.Value), times(copies))
	p.add(group, fmt.Sprintf("%s days%s", number(p.Days), which), day*p.Days, "B", "%s × %s days", amount(day, "B"), number(p.Days))
}

// times writes the factor of a formula, unless it is 1.
func times(n int) string {
	if n == 1 {
		return ""
	}
	return fmt.Sprintf(" × %d", n)
}
