package scenario

import "spanwise/doctor"

// nearMisses are requests that do what a slowdown does, but so little of it, or for so good a reason, that nothing is wrong.
var nearMisses = []struct {
	id, title string
	near      doctor.Kind
	request   Request
	crowd     int
	why       string
}{
	{"two-lines-each", "an order of two lines, one call for each", doctor.NPlusOne, get("/orders/2?fetch=each"), 0,
		"Two calls in a row are no loop yet; one batch would spare a call, and nobody would notice."},
	{"two-rows-each", "an order of two lines, one statement for each", doctor.NPlusOne, get("/orders/2?rows=each"), 0,
		"Two statements of a tenth of a millisecond: not worth a line of code."},
	{"few-in-parallel", "five lines, asked for side by side", doctor.NPlusOne, get("/orders/5?fetch=parallel"), 0,
		"A bounded fan-out over a handful of things, as a service without a batch endpoint has to make it."},
	{"two-lookups", "the same little question asked twice", doctor.RepeatedCalls, get("/orders/2/quote?lookups=each"), 0,
		"The discounts are read twice in a tenth of a millisecond each: to remember them costs more thought than it saves time."},
	{"same-question-by-many", "eight customers look at the same product at once", doctor.RepeatedCalls,
		Request{Service: "pricing", Method: "GET", Path: "/prices?sku=sku-601"}, 8,
		"No cache has expired: that is simply what a popular product looks like, and the database answers at once."},
	{"cache-hit", "prices that come from the cache", doctor.RepeatedCalls,
		Request{Service: "pricing", Method: "GET", Path: "/prices?sku=sku-611&sku=sku-612&cache=on"}, 0,
		"A question to the cache, and where it does not know, one to the database: what a cache is for."},
	{"serial-but-short", "two short calls one after the other", doctor.SerialCalls, get("/orders/10?calls=serial"), 0,
		"Side by side they would be half a millisecond faster, and the code harder to read."},
	{"alone-in-the-pool", "a pool of one connection, and one request", doctor.PoolWait, get("/orders/3?pool=inventory"), 0,
		"The connection is free whenever it is wanted."},
	{"alone-at-the-lock", "a lock around a query, and one request", doctor.QueueWait, get("/orders/3?lock=inventory"), 0,
		"Nobody else wants the lock."},
	{"many-at-once", "eight customers at once", doctor.QueueWait, get("/orders/3"), 8,
		"Each gets in the others' way a little, as on every busy machine; no lock and no limit is the reason."},
	{"new-connection-next-door", "a new connection to the same machine", doctor.ColdConnect, get("/orders/10?connections=new"), 0,
		"A handshake without a network takes a tenth of a millisecond."},
	{"computes-a-little", "a service that computes for two milliseconds", doctor.SlowSelf, get("/orders/10?busy=pricing:2ms"), 0,
		"Services are there to compute. Two milliseconds are the work itself."},
	{"dark-for-a-little", "two milliseconds without a span", doctor.DarkTime, get("/orders/10?busy=order:2ms&spans=few"), 0,
		"Not every line of code needs a span."},
	{"mail-after-the-answer", "an order with a mail that is sent after the answer", doctor.DetachedWork,
		Request{Method: "POST", Path: "/orders?mail=sent", Body: anOrder, Key: true}, 0,
		"The mail is sent when the customer has the answer: it may be mentioned, but there is nothing to mend."},
	{"not-found", "an order that does not exist", doctor.ErrorOrigin, status(404, get("/orders/999999")), 0,
		"That there is no such order is an answer, not a failure."},
	{"sold-out", "an order for more than is left", doctor.ErrorOrigin,
		status(409, Request{Method: "POST", Path: "/orders", Key: true, Body: `{"customer":"grace","lines":[{"sku":"sku-11","quantity":1000}]}`}), 0,
		"The shop says no because no is the truth; inventory has done its work."},
	{"patience-not-needed", "a deadline that nobody misses", doctor.CallerGaveUp, get("/orders/3?timeout=inventory:2s"), 0,
		"A caller that would give up after two seconds gets its answer after one millisecond."},
	{"retries-not-needed", "retries where nothing fails", doctor.RetryStorm, get("/orders/3/quote?retries=storm"), 0,
		"Two layers would try again at once, if anything failed."},
	{"one-retry", "a call that fails once and is made again after a pause", doctor.RetryStorm,
		get("/orders/3/quote?retries=backoff&fail=inventory:503*1"), 0,
		"One layer tries again, a little later, and that helps: what retries are for."},
	{"good-pages", "a hundred products in two pages", doctor.Pagination, get("/catalogue?q=vase&page=1000"), 0,
		"Pages as large as they may be, and as few as need be."},
	{"a-full-page", "a page of fifty orders with all their lines", doctor.OverFetch, get("/orders?limit=50"), 0,
		"More than a thousand lines are what fifty orders consist of, and the caller asked for fifty."},
	{"database-without-spans", "a call to somebody who makes no spans", doctor.BrokenPropagation,
		Request{Service: "inventory", Method: "GET", Path: "/stock/sku-4"}, 0,
		"A database does not trace: a call without an answer below it is no lost half."},
}

var _ = func() struct{} {
	for i, m := range nearMisses {
		add(Scenario{
			Number: 500 + i,
			ID:     "near-" + m.id,
			Title:  "Not " + string(m.near) + ": " + m.title,
			Story:  m.why,
			Look:   "What makes it look like " + string(m.near) + ", and how little of it there is.",
			Slow:   m.request,
			Crowd:  m.crowd,
			Near:   m.near,
		})
	}
	return struct{}{}
}()
