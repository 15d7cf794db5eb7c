package fault

import "slices"

// An Info tells a person what a parameter is for. The README's table and the lab's page are made of it.
type Info struct {
	Name   string
	Values []string // of a choice all there are, the default first; of others examples, and without it nothing happens
	Choice bool
	Does   string // what it really does
}

// Parameters lists all that is understood.
func Parameters() []Info {
	var list []Info
	for _, p := range parameters {
		p.Values = slices.Clone(p.Values)
		list = append(list, p.Info)
	}
	return list
}

// A parameter is one query parameter that services understand. To add one, add it to the list.
type parameter struct {
	Info
	parse func(f *Faults, value string) error
}

// parameters are all that is understood, in the order in which people are told.
var parameters = []parameter{
	Fetch.parameter("how order gets its lines' stock and prices: one call each to inventory and pricing, " +
		"a fan-out of 8 at a time, or one call a line, all one after another"),
	Calls.parameter("order asks inventory and pricing side by side, or one after the other"),
	Rows.parameter("how inventory reads stock, and order the lines of a list: one query, or one query a row"),
	Lookups.parameter("pricing looks the discounts up once for a quote, or again for every line"),
	Page.parameter("how order reads the catalogue from pricing: in pages, in small pages, or all in one answer"),
	Index.parameter("pricing looks a product's name up with its index, or past it"),
	Cache.parameter("pricing keeps prices for a second, for those who ask for it; of many of them that miss at once one asks the database, or all do"),
	Connections.parameter("calls between services use connections again, or make a new one each"),
	Pool.parameter("that service's statements share a pool of one connection with whoever else asks for it"),
	Lock.parameter("that service holds one mutex around each statement of whoever asks for it"),
	Retries.parameter("a failed call is made again by nobody, by the layer next to the failure with pauses and a budget, " +
		"or by every layer at once"),
	{Info{"timeout", []string{"pricing:100ms"}, false, "how long callers wait for that service"}, parseTimeout},
	Cancel.parameter("services stop working when their caller has hung up or the time it told them is over, or go on"),
	Fallback.parameter("if inventory fails, a quote fails too, or is made as if everything were scarce"),
	{Info{"busy", []string{"pricing:100ms"}, false, "that service computes until that much processor time is used, which others in want of a processor feel"}, parseBusy},
	Spans.parameter("whether that computing has a span"),
	Starve.parameter("that service's whole process competes with computing for its processors as long as the request lasts; " +
		"other requests in it suffer too"),
	Untraced.parameter("calls to that service go out without trace context"),
	{Info{"clock", []string{"pricing:2s"}, false, "that service's spans come from a clock that much ahead"}, parseClock},
	Mail.parameter("placing an order writes an e-mail to an outbox, which is sent after the answer"),
	Columns.parameter("which columns pricing reads and answers of its catalogue"),
	List.parameter("where pricing's products come from: the database; a cache that has all of them in one of two encodings, " +
		"whatever page is asked for; or one that has the finished answer"),
	{Info{"latency", []string{"pricing:200ms", "inventory.db:30ms~10ms", "pricing.net:50ms@0.1"}, false,
		"waits in that service, in its database, or on the way to it; ~ is the jitter (standard deviation), @ the probability; " +
			"several with commas"}, parseLatency},
	{Info{"fail", []string{"pricing:503@0.3", "inventory:503*1", "inventory:reset", "pricing:timeout"}, false,
		"answers with that status, tears the connection, or never answers; * is how many attempts at a call fail, all without it"}, parseFail},
}

// example is a value that shows what the parameter is for: of a choice the last, since the first is the good one.
func (p parameter) example() string {
	if p.Choice {
		return p.Name + "=" + p.Values[len(p.Values)-1]
	}
	return p.Name + "=" + p.Values[0]
}
