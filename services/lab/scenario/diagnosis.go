package scenario

import (
	"slices"
	"strings"

	"spanwise/doctor"
)

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

// Excuses reports whether a claim is that finding.
func (a Also) Excuses(c Claim) bool {
	return a.Kind == c.Kind && a.Place.is(c.Place.Service, c.Place.Callee)
}

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
