package doctor_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"spanwise/doctor"
	"spanwise/doctor/trace"
)

// A place is where the truth says that a problem is. What it does not say is empty.
type place struct {
	service, route string // who has to change something, and in which request: its path, or its method if no span is named after the path
	callee         string // the other end
}

var (
	parenthesis = regexp.MustCompile(`\s*\([^()]*\)`)
	remark      = regexp.MustCompile(`[,;]|: `)
)

// placeOf reads the place from a truth in words, which are those of a person:
//
//	n-plus-one (40 rows): shop GET /orders -> postgresql, in a loop
//	caller-gave-up: shop gives up catalog GET /report after 120 ms
//
// A place begins with a service of the traces, or is not stated.
func placeOf(words string, traces []*trace.Trace) place {
	_, words, _ = strings.Cut(parenthesis.ReplaceAllString(words, ""), ": ")
	words = remark.Split(words, 2)[0]
	var p place
	arrow, before := false, ""
	for i, word := range strings.Fields(words) {
		switch {
		case i == 0 && !servedBy(traces, word):
			return place{}
		case i == 0:
			p.service = word
		case word == "->":
			arrow = true
		case p.callee == "" && (arrow || servedBy(traces, word)):
			p.callee = word
		case strings.HasPrefix(word, "/") && p.callee == "": // otherwise it is the callee's
			p.route = word
			if !some(traces, func(s *trace.Span) bool { return names(s.Name, word) }) {
				p.route = before
			}
		}
		before = word
	}
	return p
}

func servedBy(traces []*trace.Trace, service string) bool {
	return some(traces, func(s *trace.Span) bool { return s.Service == service })
}

func some(traces []*trace.Trace, is func(*trace.Span) bool) bool {
	return slices.ContainsFunc(traces, func(t *trace.Trace) bool { return slices.ContainsFunc(t.Spans, is) })
}

// names reports whether an operation has a word in its name.
func names(operation, word string) bool { return slices.Contains(strings.Fields(operation), word) }

// matches reports whether a finding is in the place.
func (p place) matches(f doctor.Finding) bool {
	return f.Service == p.service && (p.route == "" || names(f.Operation, p.route)) && (p.callee == "" || f.Callee == p.callee)
}

// The place is read from the words of people, and only if they state one.
func TestPlaceOfTruth(t *testing.T) {
	traces := []*trace.Trace{{Spans: []*trace.Span{{Service: "shop", Name: "GET /loop"}, {Service: "shop", Name: "GET /home"}, {Service: "catalog"}}}}
	for words, want := range map[string]place{
		"n-plus-one: shop GET /home handler -> postgresql, 25 x book":                {"shop", "/home", "postgresql"},
		"n-plus-one: shop POST /graphql, 50 x author":                                {"shop", "POST", ""},
		"n-plus-one (15, in a loop): shop GET /loop -> catalog":                      {"shop", "/loop", "catalog"},
		"serial-calls: shop GET /home: users, offers":                                {"shop", "/home", ""},
		"n-plus-one: shop -> catalog GET /items/:id, 14 x":                           {"shop", "", "catalog"},
		"caller-gave-up: shop gives up catalog GET /report after 120 ms":             {"shop", "", "catalog"},
		"as before, without spans of the connection: shop GET /loop (15) -> catalog": {"shop", "/loop", "catalog"},
		"n-plus-one: 20 x INSERT in one transaction -> bulkCreate":                   {},
		"slow-self in /hash; /async is its victim: traces of both":                   {},
		"nothing to fix": {},
	} {
		if got := placeOf(words, traces); got != want {
			t.Errorf("placeOf(%q) = %+v, want %+v", words, got, want)
		}
	}
}
