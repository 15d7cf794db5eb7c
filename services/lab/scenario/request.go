package scenario

import (
	"cmp"
	"strings"
)

// A Request is made to one of the services.
type Request struct {
	Service string // "" is order, the public edge
	Method  string
	Path    string // with the query
	Body    string // JSON, if any
	Key     bool   // carries a new Idempotency-Key each time
	Status  int    // that the answer must have; 0 stands for any success
}

// Placeholders in paths and bodies.
const (
	Placed = "{placed}" // the Location in the answer to the last request of the setup
	Fresh  = "{fresh}"  // a number that has not been used yet, the same in all requests of one run
)

func get(path string) Request { return getFrom("", path) }

func getFrom(service, path string) Request {
	return Request{Service: service, Method: "GET", Path: path}
}

// expecting returns the request with the status that its answer must have.
func (r Request) expecting(status int) Request {
	r.Status = status
	return r
}

// IsZero reports whether there is no request.
func (r Request) IsZero() bool { return r == Request{} }

// To returns the name of the service that gets the request.
func (r Request) To() string { return cmp.Or(r.Service, "order") }

// Expects reports whether an answer may have that status.
func (r Request) Expects(status int) bool {
	return status == r.Status || r.Status == 0 && status >= 200 && status < 300
}

// String returns the request as a person would type it.
func (r Request) String() string { return r.Method + " " + r.Path }

// WithoutQuery returns the request without its query, and so without any slowdown.
func (r Request) WithoutQuery() Request {
	r.Path, _, _ = strings.Cut(r.Path, "?")
	r.Status = 0
	return r
}
