package scenario

import (
	"cmp"
	"strings"
)

// A Request is made to one of the services.
type Request struct {
	Service string // whom; "" is order, the public edge
	Method  string
	Path    string // with the query
	Body    string // JSON, if any
	Key     bool   // carries a new Idempotency-Key each time
	Status  int    // of the answer; 0 stands for any success
}

func get(path string) Request { return Request{Method: "GET", Path: path} }

// status is the request with the status that it is to be answered with.
func status(code int, r Request) Request {
	r.Status = code
	return r
}

// Made reports whether there is a request at all.
func (r Request) Made() bool { return r.Method != "" }

// To returns the name of the service that gets the request.
func (r Request) To() string { return cmp.Or(r.Service, "order") }

// Expects reports whether that is the status the request is to be answered with.
func (r Request) Expects(status int) bool {
	return status == r.Status || r.Status == 0 && status >= 200 && status < 300
}

// String returns the request as a person would type it.
func (r Request) String() string { return r.Method + " " + r.Path }

// Healthy returns the request without any query: what it would be if nobody slowed it down.
func (r Request) Healthy() Request {
	r.Path, _, _ = strings.Cut(r.Path, "?")
	r.Status = 0
	return r
}

// With returns the request with more query parameters, such as "rows=each".
func (r Request) With(query string) Request {
	mark := "?"
	if strings.Contains(r.Path, "?") {
		mark = "&"
	}
	r.Path += mark + query
	return r
}

// What stands in paths and bodies for something that differs each time.
const (
	Placed = "{placed}" // the Location that the last answer before it gave
	Fresh  = "{fresh}"  // a number that nobody has used yet, the same in all requests of one playing
)
