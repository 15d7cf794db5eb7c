package scenario

import (
	"time"

	"spanwise/doctor"
)

// nearMisses are requests that do what a slowdown does, but so little of it, or for so good a reason, that nothing is wrong.
var nearMisses = []Scenario{
	{
		ID: "two-lines-each", Title: "an order of two lines, one call for each", Near: doctor.NPlusOne,
		Slow:  get("/orders/2?fetch=each"),
		Story: "Two calls in a row are no loop yet; one batch would spare a call, and nobody would notice.",
	},
	{
		ID: "two-rows-each", Title: "an order of two lines, one statement for each", Near: doctor.NPlusOne,
		Slow:  get("/orders/2?rows=each"),
		Story: "Two statements of a tenth of a millisecond: not worth a line of code.",
	},
	{
		ID: "few-in-parallel", Title: "five lines, asked for side by side", Near: doctor.NPlusOne,
		Slow:  get("/orders/5?fetch=parallel"),
		Story: "A bounded fan-out over a handful of things, as a service without a batch endpoint has to make it.",
	},
	{
		ID: "two-lookups", Title: "the same little question asked twice", Near: doctor.RepeatedCalls,
		Slow:  get("/orders/2/quote?lookups=each"),
		Story: "The discounts are read twice in a tenth of a millisecond each: to remember them costs more thought than it saves time.",
	},
	{
		ID: "same-question-by-many", Title: "eight customers look at the same product at once", Near: doctor.RepeatedCalls,
		Slow:  Request{Service: "pricing", Method: "GET", Path: "/prices?sku=sku-601"},
		Crowd: 8,
		Story: "No cache has expired: that is simply what a popular product looks like, and the database answers at once.",
	},
	{
		ID: "cache-hit", Title: "prices that come from the cache", Near: doctor.RepeatedCalls,
		Slow:  Request{Service: "pricing", Method: "GET", Path: "/prices?sku=sku-611&sku=sku-612&cache=on"},
		Story: "A question to the cache, and where it does not know, one to the database: what a cache is for.",
	},
	{
		ID: "serial-but-short", Title: "two short calls one after the other", Near: doctor.SerialCalls,
		Slow:  get("/orders/10?calls=serial"),
		Story: "Side by side they would be half a millisecond faster, and the code harder to read.",
	},
	{
		ID: "alone-in-the-pool", Title: "a pool of one connection, and one request", Near: doctor.PoolWait,
		Slow:  get("/orders/3?pool=inventory"),
		Story: "The connection is free whenever it is wanted.",
	},
	{
		ID: "alone-at-the-lock", Title: "a lock around a query, and one request", Near: doctor.QueueWait,
		Slow:  get("/orders/3?lock=inventory"),
		Story: "Nobody else wants the lock.",
	},
	{
		ID: "many-at-once", Title: "eight customers at once", Near: doctor.QueueWait,
		Slow:  get("/orders/3"),
		Crowd: 8,
		Story: "Each gets in the others' way a little, as on every busy machine; no lock and no limit is the reason.",
	},
	{
		ID: "new-connection-next-door", Title: "a new connection to the same machine", Near: doctor.ColdConnect,
		Slow:  get("/orders/10?connections=new"),
		Story: "A handshake without a network takes a tenth of a millisecond.",
	},
	{
		ID: "computes-a-little", Title: "a service that computes for two milliseconds", Near: doctor.SlowSelf,
		Slow:  get("/orders/10?busy=pricing:2ms"),
		Story: "Services are there to compute. Two milliseconds are the work itself.",
	},
	{
		ID: "dark-for-a-little", Title: "two milliseconds without a span", Near: doctor.DarkTime,
		Slow:  get("/orders/10?busy=order:2ms&spans=few"),
		Story: "Not every line of code needs a span.",
	},
	{
		ID: "mail-after-the-answer", Title: "an order with a mail that is sent after the answer", Near: doctor.DetachedWork,
		Slow:  Request{Method: "POST", Path: "/orders?mail=sent", Body: anOrder, Key: true},
		Story: "The mail is sent when the customer has the answer: it may be mentioned, but there is nothing to mend.",
	},
	{
		ID: "not-found", Title: "an order that does not exist", Near: doctor.ErrorOrigin,
		Slow:  status(404, get("/orders/999999")),
		Story: "That there is no such order is an answer, not a failure.",
	},
	{
		ID: "sold-out", Title: "an order for more than is left", Near: doctor.ErrorOrigin,
		Slow:  status(409, Request{Method: "POST", Path: "/orders", Key: true, Body: `{"customer":"grace","lines":[{"sku":"sku-11","quantity":1000}]}`}),
		Story: "The shop says no because no is the truth; inventory has done its work.",
	},
	{
		ID: "patience-not-needed", Title: "a deadline that nobody misses", Near: doctor.CallerGaveUp,
		Slow:  get("/orders/3?timeout=inventory:2s"),
		Story: "A caller that would give up after two seconds gets its answer after one millisecond.",
	},
	{
		ID: "retries-not-needed", Title: "retries where nothing fails", Near: doctor.RetryStorm,
		Slow:  get("/orders/3/quote?retries=storm"),
		Story: "Two layers would try again at once, if anything failed.",
	},
	{
		ID: "one-retry", Title: "a call that fails once and is made again after a pause", Near: doctor.RetryStorm,
		Slow:  get("/orders/3/quote?retries=backoff&fail=inventory:503*1"),
		Rest:  150 * time.Millisecond, // the budget is ten retries a second
		Story: "One layer tries again, a little later, and that helps: what retries are for.",
	},
	{
		ID: "good-pages", Title: "a hundred products in two pages", Near: doctor.Pagination,
		Slow:  get("/catalogue?q=vase&page=1000"),
		Story: "Pages as large as they may be, and as few as need be.",
	},
	{
		ID: "a-full-page", Title: "a page of fifty orders with all their lines", Near: doctor.OverFetch,
		Slow:  get("/orders?limit=50"),
		Story: "More than a thousand lines are what fifty orders consist of, and the caller asked for fifty.",
	},
}

var _ = func() struct{} {
	for i, s := range nearMisses {
		s.Number = 500 + i
		s.ID = "near-" + s.ID
		s.Title = "Not " + string(s.Near) + ": " + s.Title
		s.Look = "What makes it look like " + string(s.Near) + ", and how little of it there is."
		add(s)
	}
	return struct{}{}
}()
