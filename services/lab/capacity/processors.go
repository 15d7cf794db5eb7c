package capacity

import (
	"fmt"
	"math"
	"slices"
)

// The names of parts.
const (
	everywhere = "any" // the pipeline of what every pipeline has
	agent      = "agent"
	gateway    = "gateway"
	jaeger     = "jaeger"
)

var services = []string{"order", "inventory", "pricing"}

// partsOf lists the parts of a pipeline, in the order in which a request and its spans reach them.
func partsOf(pipeline string) []string {
	parts := append(services[:len(services):len(services)], agent)
	if pipeline != Direct {
		parts = append(parts, gateway)
	}
	return append(parts, jaeger)
}

// load returns the rate that a part has to carry, in what its cost is for, and how many times.
func (p *planner) load(part Part) (rate float64, n int) {
	n = timesOf(p.Pipeline, part.Name)
	switch {
	case part.Per == perRequest:
		return p.Rate, n
	case part.Name == jaeger:
		return p.stored, n
	}
	return p.spans, n
}

// processors adds the cores and the instances of every part, and returns the instances: of gateways, those of a set.
func (p *planner) processors() (map[string]int, error) {
	instances := make(map[string]int)
	all := 0.0
	for _, name := range partsOf(p.Pipeline) {
		part, err := p.part(once(p.Pipeline), name)
		if err != nil {
			return nil, err
		}
		rate, n := p.load(part)
		sets, shown := 1, name
		if name == gateway && n > 1 {
			sets, shown = n, name+", both sets"
		}
		load := rate * float64(n)
		if instances[name], err = p.instances(part, load/float64(sets)); err != nil {
			return nil, err
		}
		total := sets * instances[name]
		cores := part.Line.cores(total, load)
		p.note(part, load/float64(total), cores/float64(total))
		all += cores
		p.add("processors", shown, cores, fmt.Sprintf("cores in %s %s", number(float64(total)), plural("instance", total)),
			"%s %ss/s%s × %s µs, and %s cores for each instance; %s cores of each may be used",
			number(rate), part.Per, times(n), number(part.Line.Each.Value), number(part.Line.Fixed.Value), number(p.Busy*p.Cores))
	}
	p.add("processors", "all", all, "cores", "the sum")
	return instances, nil
}

// note notes what is special about a part whose instances carry that load each, with so many cores.
func (p *planner) note(part Part, load, cores float64) {
	least, most := p.carried(part)
	switch {
	case load > most:
		p.above = append(p.above, part.Name)
	case load < least:
		p.below = append(p.below, part.Name)
	}
	if cores > p.Busy*p.Cores {
		p.full = append(p.full, fmt.Sprintf("each %s needs %s cores", part.Name, number(cores)))
	}
}

// instances returns how many instances carry the load: each may use a share of its cores, of which it needs the fixed part. The demand may
// say another number.
func (p *planner) instances(part Part, load float64) (int, error) {
	room := p.Busy*p.Cores - part.Line.Fixed.Value
	if room <= 0 {
		return 0, fmt.Errorf("an instance of %s needs %s cores before its first %s, so %s of %s cores are too few: raise -cores or -busy",
			part.Name, number(part.Line.Fixed.Value), part.Per, number(p.Busy*p.Cores), number(p.Cores))
	}
	asked := map[string]int{agent: p.Agents, gateway: p.Gateways}[part.Name]
	if asked > 0 {
		return asked, nil
	}
	return max(fewest, int(math.Ceil(load*part.Line.Each.Value/1e6/room))), nil
}

// carried returns the lowest and the highest rate that an instance of a part carried, in what its cost is for. Gateways shared it.
func (c Costs) carried(part Part) (least, most float64) {
	least, most = float64(slices.Min(c.Rates)), float64(slices.Max(c.Rates))
	for _, k := range c.Checks {
		if part.Pipeline == "" || part.Pipeline == everywhere || part.Pipeline == k.Pipeline {
			most = max(most, k.Answered)
		}
	}
	factor := 1.0
	if part.Name == gateway {
		factor /= gateways
	}
	if part.Per == perSpan {
		factor *= c.Spans
	}
	return least * factor, most * factor
}

// What a cost is for.
const (
	perRequest = "request"
	perSpan    = "span"
)
