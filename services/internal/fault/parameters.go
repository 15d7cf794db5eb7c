package fault

import "slices"

// An Info describes a parameter to a person. The documentation's table and the lab's page are made of it.
type Info struct {
	Name   string
	Values []string // all values of a choice, the default first; of other parameters examples, without which nothing happens
	Choice bool
	Does   string // what it really does
}

func (i Info) info() Info { return i }

// example returns a value that shows what the parameter is for: the last of a choice, since the first is the good one.
func (i Info) example() string {
	if i.Choice {
		return i.Name + "=" + i.Values[len(i.Values)-1]
	}
	return i.Name + "=" + i.Values[0]
}

// A parameter is a query parameter that services understand.
type parameter interface {
	info() Info
	check(value string) error
}

var (
	services = []string{"order", "inventory", "pricing"}
	called   = services[1:] // by other services
)

// The parameters. Those that code outside this package asks for are exported.
var (
	Fetch = choice("fetch", "how order gets the stock and prices of its lines: one call each to inventory and pricing, "+
		"one call per line with 8 at a time, or one call per line, one after another", "batch", "parallel", "each")
	Calls = choice("calls", "order calls inventory and pricing in parallel, or one after the other", "parallel", "serial")
	Rows  = choice("rows", "how inventory reads stock, and how order reads the lines of the orders in a list: with one query, or with one query per row",
		"join", "each")
	Lookups = choice("lookups", "pricing looks up the discounts once per quote, or once per line", "once", "each")
	Page    = choice("page", "how order reads the catalogue from pricing: in large pages, in small pages, or all in one response",
		"1000", "10", "all")
	Index = choice("index", "pricing searches for a product's name with the index, or without it", "used", "missed")
	Cache = choice("cache", "pricing reads prices from the database, or through a cache that keeps them for a second; "+
		"if many requests miss at once, one of them asks the database (on) or all do (stampede)", "off", "on", "stampede")
	Connections = choice("connections", "connections between services are reused, or opened for each call", "kept", "new")
	Pool        = Places{Info{"pool", services, false,
		"all requests with this parameter share a single connection to that service's database"}}
	Lock    = Places{Info{"lock", services, false, "that service holds a mutex around each statement of requests with this parameter"}}
	Retries = choice("retries", "failed calls are not retried, are retried with backoff and a budget by the layer nearest the failure, "+
		"or are retried immediately by every layer", "none", "backoff", "storm")
	timeout = times{Info{"timeout", []string{"pricing:100ms"}, false, "how long callers wait for that service"}, called}
	Cancel  = choice("cancel", "whether services abandon a request once its caller has hung up or timed out, or finish it anyway",
		"heeded", "ignored")
	Fallback = choice("fallback", "if inventory fails, quotes fail too, or treat every product as scarce", "none", "scarce")
	busy     = times{Info{"busy", []string{"pricing:100ms"}, false,
		"that service computes until it has used that much CPU time; other work on that CPU slows down too"}, services}
	Spans  = choice("spans", "whether the computation caused by busy gets its own span", "all", "few")
	Starve = Places{Info{"starve", []string{"order", "pricing"}, false,
		"that service's process keeps all its CPUs busy while the request lasts, so its other requests slow down too"}}
	Untraced = Places{Info{"untraced", called, false, "calls to that service carry no trace context"}}
	ahead    = times{Info{"clock", []string{"pricing:2s"}, false, "the clock that times that service's spans is ahead by that much"}, services}
	Mail     = choice("mail", "placing an order puts an e-mail in an outbox, to be sent after the response", "none", "sent")
	Columns  = choice("columns", "pricing reads and returns all columns of its catalogue, or SKU and price only", "all", "few")
	List     = choice("list", "where pricing's list of products comes from: the database, a cache of all products "+
		"in one of two encodings, or a cache of complete responses", "fresh", "json", "binary", "answer")
	latency = delays{Info{"latency", []string{"pricing:200ms", "inventory.db:30ms~10ms", "pricing.net:50ms@0.1"}, false,
		"adds a delay in that service, in its database (.db), or on the network between the service and its callers (.net); ~ sets the " +
			"jitter (standard deviation), @ the probability; separate several delays with commas"}}
	fail = failures{Info{"fail", []string{"pricing:503@0.3", "inventory:503*1", "inventory:reset", "pricing:timeout"}, false,
		"that service responds with that status, resets the connection, or never responds; *N makes only the first N attempts at a call " +
			"fail (by default, all do); @ sets the probability"}}
)

// parameters lists all of them in the order of the documentation.
var parameters = []parameter{
	Fetch, Calls, Rows, Lookups, Page, Index, Cache, Connections, Pool, Lock, Retries, timeout, Cancel, Fallback,
	busy, Spans, Starve, Untraced, ahead, Mail, Columns, List, latency, fail,
}

// Parameters describes all parameters.
func Parameters() []Info {
	var list []Info
	for _, p := range parameters {
		info := p.info()
		info.Values = slices.Clone(info.Values)
		list = append(list, info)
	}
	return list
}
