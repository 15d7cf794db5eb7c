package fault

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// A Choice is a parameter that picks one of several ways to do the same thing, the first being the good one.
type Choice struct {
	name string
	ways []string
}

// The ways to do things, and where they are chosen.
var (
	// Fetch is how order gets its lines' stock and prices: one call, a bounded fan-out, one call a line.
	Fetch = Choice{"fetch", []string{"batch", "parallel", "each"}}
	// Rows is how inventory reads stock, and order the lines of a list: one query, or one query a row.
	Rows = Choice{"rows", []string{"join", "each"}}
	// Calls is whether order asks inventory and pricing side by side or one after the other.
	Calls = Choice{"calls", []string{"parallel", "serial"}}
	// Lookups is whether pricing looks the discounts up once for a quote or again for each line.
	Lookups = Choice{"lookups", []string{"once", "each"}}
	// Cache is whether pricing keeps prices in a cache, and what happens when many miss one at the same moment.
	Cache = Choice{"cache", []string{"off", "on", "stampede"}}
	// Index is whether pricing looks a product's name up so that the database can use its index on names.
	Index = Choice{"index", []string{"used", "missed"}}
	// Page is how many products order fetches from pricing at a time; with all pricing answers without a limit.
	Page = Choice{"page", []string{"1000", "10", "all"}}
	// Columns is whether pricing reads all of its products' columns for a list, or SKU and price.
	Columns = Choice{"columns", []string{"all", "few"}}
	// List is whether pricing's list of products comes from the database, or from a cache that has it as JSON, in a
	// binary form, or as the finished answer.
	List = Choice{"list", []string{"fresh", "json", "binary", "answer"}}
	// Mail is whether a customer gets a mail about an order that is placed, after the answer.
	Mail = Choice{"mail", []string{"none", "sent"}}
	// Connections is whether calls between services use connections again or make a new one each.
	Connections = Choice{"connections", []string{"kept", "new"}}
	// Retries is who makes failed calls to a service again: nobody, the layer next to the failure with growing
	// pauses and a budget, or every layer at once.
	Retries = Choice{"retries", []string{"none", "backoff", "storm"}}
	// Fallback is what pricing does if the inventory fails: fail too, or quote as if everything were scarce.
	Fallback = Choice{"fallback", []string{"none", "scarce"}}
	// Cancel is whether services stop the work for a caller that has left.
	Cancel = Choice{"cancel", []string{"heeded", "ignored"}}
	// Spans is whether computing (busy) has a span around it.
	Spans = Choice{"spans", []string{"all", "few"}}
)

// Of returns the way that the request of ctx asked for.
func (c Choice) Of(ctx context.Context) string {
	if way := from(ctx).chosen[c.name]; way != "" {
		return way
	}
	return c.ways[0]
}

func (c Choice) parameter(does string) parameter {
	return parameter{Info{c.name, c.ways, true, does}, func(f *Faults, value string) error {
		if !slices.Contains(c.ways, value) {
			return fmt.Errorf("choose one of %s", strings.Join(c.ways, ", "))
		}
		if f.chosen == nil {
			f.chosen = make(map[string]string)
		}
		f.chosen[c.name] = value
		return nil
	}}
}
