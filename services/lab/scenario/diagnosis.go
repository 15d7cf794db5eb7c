package scenario

import (
	"slices"
	"strings"

	"spanwise/doctor"
)

// A Diagnosis is what a good doctor says about a request.
type Diagnosis struct {
	Kind     doctor.Kind // "" if there is nothing to find
	Places   []Place     // where; findings must name all of them, and the first finding one of them
	Basis    doctor.Basis
	Mention  bool     // it is true but costs no time worth saving, so it must be mentioned and not be a finding
	Details  []Detail // without which the finding cannot be understood
	AlsoTrue []Excuse // what else may be found
}

// A Place is where something has to change.
type Place struct {
	Service string `json:"service"`
	// Callee is the other end of a call: a service, one of several ("inventory or pricing"), or [Database]; "" if the
	// service itself is the place.
	Callee string `json:"callee"`
}

// An Excuse is a finding that is true although it was not planted, so it is not a false alarm.
type Excuse struct {
	Kind  doctor.Kind `json:"kind"`
	Place Place       `json:"place"`
	Why   string      `json:"why"`
}

// Covers reports whether a claim is that finding.
func (e Excuse) Covers(c Claim) bool {
	return e.Kind == c.Kind && e.Place.matches(c.Place.Service, c.Place.Callee)
}

// Database stands for any database that a service may have been started with.
const Database = "database"

func (p Place) matches(service, callee string) bool {
	callees := strings.Split(p.Callee, " or ")
	if p.Callee == Database {
		callees = []string{"sqlite", "postgresql"}
	}
	return p.Service == service && slices.Contains(callees, callee)
}

// isOf reports whether a finding is about this place.
func (p Place) isOf(f doctor.Finding) bool { return p.matches(f.Service, f.Callee) }

// String returns the place as reports write it.
func (p Place) String() string {
	if p.Callee == "" {
		return p.Service
	}
	return p.Service + " → " + p.Callee
}

// String returns what is expected, in a word.
func (d Diagnosis) String() string {
	switch {
	case d.Kind == "":
		return "nothing"
	case d.Mention:
		return "a mention of " + string(d.Kind)
	}
	return string(d.Kind)
}
