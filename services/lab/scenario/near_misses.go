package scenario

import (
	"time"

	"spanwise/doctor"
)

// nearMisses are requests that do what a slowdown does, but so little of it, or for so good a reason, that nothing is wrong.
var nearMisses = []Scenario{
	nearMiss("n-plus-one", "two-lines-each", "an order of two lines, one call for each", get("/orders/2?fetch=each"),
		"Two calls in a row are not a loop yet; a batch would save one call, which no user would notice."),
	nearMiss("n-plus-one", "two-rows-each", "an order of two lines, one statement for each", get("/orders/2?rows=each"),
		"Two statements of a tenth of a millisecond each are not worth a line of code."),
	nearMiss("n-plus-one", "few-in-parallel", "five lines, fetched in parallel", get("/orders/5?fetch=parallel"),
		"A bounded fan-out over a handful of things is what a service without a batch endpoint requires."),
	nearMiss("repeated-calls", "two-lookups", "the same small query made twice", get("/orders/2/quote?lookups=each"),
		"The discounts are read twice, in a tenth of a millisecond each: a cache for them would take more effort than it is worth."),
	nearMiss("repeated-calls", "same-question-by-many", "eight customers look at the same product at once",
		getFrom("pricing", "/prices?sku=sku-601"),
		"No cache entry has expired: this is what a popular product looks like, and the database answers at once.").concurrently(8),
	nearMiss("repeated-calls", "cache-hit", "prices that come from the cache",
		getFrom("pricing", "/prices?sku=sku-611&sku=sku-612&cache=on"),
		"A request to the cache and, for what it does not have, one to the database: this is what a cache is for."),
	nearMiss("serial-calls", "serial-but-short", "two short calls one after the other", get("/orders/10?calls=serial"),
		"In parallel they would be half a millisecond faster, and the code harder to read."),
	nearMiss("pool-wait", "alone-in-the-pool", "a pool of one connection, and one request", get("/orders/3?pool=inventory"),
		"The connection is free whenever it is needed."),
	nearMiss("queue-wait", "alone-at-the-lock", "a lock around a query, and one request", get("/orders/3?lock=inventory"),
		"No other request wants the lock."),
	nearMiss("queue-wait", "many-at-once", "eight customers at once", get("/orders/3"),
		"The requests slow each other down a little, as on every busy machine; there is no lock or limit behind it.").concurrently(8),
	nearMiss("cold-connect", "new-connection-next-door", "a new connection to the same machine", get("/orders/10?connections=new"),
		"Without a network, a handshake takes a tenth of a millisecond."),
	nearMiss("slow-self", "computes-a-little", "a service that computes for two milliseconds", get("/orders/10?busy=pricing:2ms"),
		"Computing is what services are for, and two milliseconds of it are normal work."),
	nearMiss("dark-time", "dark-for-a-little", "two milliseconds without a span", get("/orders/10?busy=order:2ms&spans=few"),
		"Not every line of code needs a span."),
	nearMiss("detached-work", "mail-after-the-answer", "an order with an e-mail that is sent after the response",
		Request{Method: "POST", Path: "/orders?mail=sent", Body: anOrder, Key: true},
		"The mail is sent once the customer has the answer: it may be mentioned, but there is nothing to fix."),
	nearMiss("error-origin", "not-found", "an order that does not exist", get("/orders/999999").expecting(404),
		"That there is no such order is an answer, not a failure."),
	nearMiss("error-origin", "sold-out", "an order for more than there is in stock",
		Request{Method: "POST", Path: "/orders", Key: true, Status: 409,
			Body: `{"customer":"grace","lines":[{"sku":"sku-11","quantity":1000}]}`},
		"The shop refuses because there is not enough in stock; inventory works as it should."),
	nearMiss("caller-gave-up", "patience-not-needed", "a timeout that is not reached", get("/orders/3?timeout=inventory:2s"),
		"A caller that would give up after two seconds gets its answer after one millisecond."),
	nearMiss("retry-storm", "retries-not-needed", "retries where nothing fails", get("/orders/3/quote?retries=storm"),
		"Two layers would retry immediately if anything failed."),
	nearMiss("retry-storm", "one-retry", "a call that fails once and is retried during a longer query",
		get("/orders/3/quote?retries=backoff&fail=inventory:503*1&latency=pricing.db:30ms"),
		"One layer retries, a little later, and succeeds before the prices have been read: the retry costs the customer nothing.").
		after(150 * time.Millisecond), // because ten retries a second are allowed
	nearMiss("pagination", "good-pages", "a hundred products in two pages", get("/catalogue?q=vase&page=1000"),
		"The pages are as large as they may be, so there are as few of them as possible."),
	nearMiss("over-fetch", "a-full-page", "a page of fifty orders with all their lines", get("/orders?limit=50"),
		"Fifty orders do have more than a thousand lines, and the caller asked for fifty."),
}

func nearMiss(like doctor.Kind, id, title string, r Request, story string) Scenario {
	return Scenario{
		ID:        "near-" + id,
		Title:     "Not " + string(like) + ": " + title,
		Story:     story,
		Hint:      "What makes it look like " + string(like) + ", and how little of it there is.",
		Slow:      r,
		Resembles: like,
	}
}

// concurrently returns the scenario with so many copies of the request at once.
func (s Scenario) concurrently(copies int) Scenario {
	s.Concurrency = copies
	return s
}

// after returns the scenario with a time in which the system must be idle before.
func (s Scenario) after(cooldown time.Duration) Scenario {
	s.Cooldown = cooldown
	return s
}
