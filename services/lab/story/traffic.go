package story

import (
	"fmt"
	"math/rand/v2"

	"spanwise/lab/scenario"
)

// A Kind is a kind of request of the story about sampling.
type Kind struct {
	Name       string
	Count      int  // of the thousand requests
	Remarkable bool // whether tail sampling keeps all of them
}

// The kinds of requests. What is worth finding is rare, as in a real system.
const (
	failed = iota
	slow
	slowLoop
	fastLoop
	ordinary
)

// Kinds lists the kinds of requests.
var Kinds = []Kind{
	failed:   {"failed", 10, true},
	slow:     {"slow (0.6 s)", 10, true},
	slowLoop: {"N+1, slow (0.6 s)", 5, true},
	fastLoop: {"N+1, fast", 5, false},
	ordinary: {"ordinary", 970, false},
}

// A call is one request of the story.
type call struct {
	kind    int
	request scenario.Request
}

// traffic returns the thousand requests in a random order that is the same every time.
func traffic() []call {
	random := rand.New(rand.NewPCG(1, 2))
	var calls []call
	for kind, k := range Kinds {
		for range k.Count {
			calls = append(calls, call{kind, requestOf(kind, 1+random.IntN(20))})
		}
	}
	random.Shuffle(len(calls), func(i, j int) { calls[i], calls[j] = calls[j], calls[i] })
	return calls
}

// requestOf returns a request of that kind. An ordinary one is for an order with that many lines.
func requestOf(kind, lines int) scenario.Request {
	r := scenario.Request{Method: "GET"}
	switch kind {
	case failed:
		r.Path, r.Status = "/orders/10?fail=pricing:503", 503
	case slow:
		r.Path = "/orders/10?latency=inventory.db:600ms"
	case slowLoop:
		r.Path = "/orders/50?fetch=each&latency=pricing:11ms"
	case fastLoop:
		r.Path = "/orders/10?fetch=each"
	default:
		r.Path = fmt.Sprintf("/orders/%d", lines)
	}
	return r
}
