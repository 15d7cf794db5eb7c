// Package scenario is the catalogue of slowdowns: what each looks like to a user, the request that has it, the one that
// does not, and what a good diagnosis says. The commands, the page, the documentation and the tests all read it: begin
// with [All].
//
// Each scenario stands in a file of its own. To add one, add a file; the tests say what is missing.
package scenario

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"spanwise/doctor"
)

// A Scenario is one slowdown and its cure.
type Scenario struct {
	Number int    // its place in the catalogue
	ID     string // what to call it on a command line
	Title  string // one line
	Story  string // what a user sees, and why it happens in real life
	Look   string // what to look for in the waterfall
	Slow   Request
	Fixed  Request   // the zero value if there is no cure on our side
	Before []Request // made before each slow and each fixed one, to bring the system into the state it needs
	// Scattered says that parts of it are in traces of their own, which have to be looked for.
	Scattered bool
	// Rest is how long nobody may have asked before, for caches to forget.
	Rest time.Duration
	// Products is how big the catalogue has to be for it to show; 0 if any will do.
	Products int
	// Real says that it takes real time even where time is virtual, as computing does; Processes, that it needs
	// the services to be processes of their own.
	Real, Processes bool
	Crowd           int       // how many of the request run at once; 0 and 1 mean that it runs alone
	Want            Diagnosis // of the slow request
	Cured           Diagnosis // of the fixed request; the zero value, nothing to report, is usual
	Gain            Gain      // of the slow request over the fixed one where time is virtual: exactly that; see [Gain]
	Planted         Gain      // the same in any real run: at least that
	// Felt says why a request that runs beside it is slowed down too; "" if it is not, as it should be.
	Felt  string
	Near  doctor.Kind // what it could be mistaken for, of a scenario in which nothing is wrong
	Doubt string      // why the doctor is known to be wrong here; "" if it is not. The score shows it
}

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

// A Diagnosis is what a good doctor says of a request.
type Diagnosis struct {
	Kind    doctor.Kind // "" if there is nothing to find
	Places  []Place     // where; all are named, the first finding being one of them
	Basis   doctor.Basis
	Mention bool     // it is true but costs no time worth fixing: seen, but no finding
	Says    []Saying // without which the finding is not understood
	Also    []Also   // what else is true of the request and may be said, though nobody planted it
}

// A Place is where something is to be changed.
type Place struct {
	Service string `json:"service"`
	// Callee is the other end of an edge: a service, one of several ("inventory or pricing"), or [Database]; "" if the
	// service has it in itself.
	Callee string `json:"callee"`
}

// Also is a finding beside the expected one that is no false alarm, and why it is none.
type Also struct {
	Kind  doctor.Kind `json:"kind"`
	Place Place       `json:"place"`
	Why   string      `json:"why"`
}

// What stands in paths and bodies for something that differs each time.
const (
	Placed = "{placed}" // the Location that the last answer before it gave
	Fresh  = "{fresh}"  // a number that nobody has used yet, the same in all requests of one playing
)

// Database stands for whichever one a service was started with.
const Database = "database"

// Names reports whether a finding is about this place.
func (p Place) Names(f doctor.Finding) bool { return p.is(f.Service, f.Callee) }

func (p Place) is(service, callee string) bool {
	callees := strings.Split(p.Callee, " or ")
	if p.Callee == Database {
		callees = []string{"sqlite", "postgresql"}
	}
	return p.Service == service && slices.Contains(callees, callee)
}

// String returns the place as reports write it.
func (p Place) String() string {
	if p.Callee == "" {
		return p.Service
	}
	return p.Service + " → " + p.Callee
}

// Healthy reports whether the scenario is one in which nothing is wrong.
func (s Scenario) Healthy() bool { return s.Want.Kind == "" }

// String returns what is to be found, in a word.
func (d Diagnosis) String() string {
	switch {
	case d.Kind == "":
		return "nothing"
	case d.Mention:
		return "a mention of " + string(d.Kind)
	}
	return string(d.Kind)
}

// The names of variants.
const (
	Slow     = "slow"
	Fixed    = "fixed"
	Before   = "before"    // the request before it became slow, where there is no cure on our side
	Well     = "healthy"   // nothing is wrong
	NearMiss = "near-miss" // nothing is wrong, though it looks like it
)

// A Variant is one side of a scenario.
type Variant struct {
	Name    string
	Request Request
	Want    Diagnosis
}

// Variants returns the requests of a scenario in the order in which they are made: the slow one and the one it is compared
// with, or the one in which nothing is wrong.
func (s Scenario) Variants() []Variant {
	switch {
	case s.Near != "":
		return []Variant{{NearMiss, s.Slow, s.Want}}
	case s.Healthy():
		return []Variant{{Well, s.Slow, s.Want}}
	case s.Fixed.Made():
		return []Variant{{Slow, s.Slow, s.Want}, {Fixed, s.Fixed, s.Cured}}
	}
	return []Variant{{Slow, s.Slow, s.Want}, {Before, s.Slow.Healthy(), Diagnosis{}}}
}
