package export

import (
	"cmp"
	"fmt"
	"math/rand/v2"

	"spanwise/doctor"
	"spanwise/lab/scenario"
)

// version is the version of the format. It changes when readers must change.
const version = 1

// A Truth is the content of truth.json; schema.json is its schema.
type Truth struct {
	Version int     `json:"version"`
	Seed    uint64  `json:"seed"`
	Runs    int     `json:"runs"`
	Files   []Label `json:"files"`
}

// A Label is the truth about one file.
type Label struct {
	File     string            `json:"file"`
	Scenario string            `json:"scenario"`
	Variant  string            `json:"variant"` // slow, fixed, before, near-miss or healthy
	Run      int               `json:"run"`     // from 1
	Title    string            `json:"title"`
	Request  string            `json:"request"`
	Service  string            `json:"service"`      // that got the request
	AtOnce   int               `json:"at_once"`      // how many copies of the request ran at once
	Expected string            `json:"expected"`     // the kind of what is wrong, or "nothing"
	Mention  bool              `json:"mention"`      // true, but costs no time worth saving
	Places   []scenario.Place  `json:"places"`       // all places where it is wrong
	Basis    doctor.Basis      `json:"saving_basis"` // whether the fix saves a predictable time, some time up to an upper bound, or none
	AlsoTrue []scenario.Excuse `json:"also_true"`    // findings that are not false alarms either
	Near     string            `json:"near"`         // the kind that a near miss could be mistaken for; "" for other variants
	Traces   []Trace           `json:"traces"`       // in the file; only these differ from run to run
}

// A Trace is one of the traces in a file.
type Trace struct {
	ID         string `json:"trace_id"`
	Spans      int    `json:"spans"`
	DurationUS int64  `json:"duration_us"` // of its root
	Own        bool   `json:"own"`         // of the request itself, and not caused by it elsewhere
}

// A step is one run of one variant.
type step struct {
	scenario scenario.Scenario
	variant  scenario.Variant
	run      int
}

// steps returns the runs in the order in which they are played: a shuffle that is the same for the same seed. Scenarios that
// need a big catalogue of products come last, because it slows all others down.
func (p Plan) steps() []step {
	random := rand.New(rand.NewPCG(p.Seed, 0))
	var all []step
	small, big, _ := scenario.Split(p.Scenarios)
	for _, scenarios := range [][]scenario.Scenario{small, big} {
		begin := len(all)
		for _, s := range scenarios {
			for _, v := range s.Variants() {
				for run := range p.Runs {
					all = append(all, step{s, v, run + 1})
				}
			}
		}
		part := all[begin:]
		random.Shuffle(len(part), func(i, j int) { part[i], part[j] = part[j], part[i] })
	}
	return all
}

func (s step) label(number int) Label {
	want := s.variant.Want
	return Label{
		File: fmt.Sprintf("%s/%04d.json", Traces, number), Scenario: s.scenario.ID, Variant: s.variant.Name, Run: s.run, Title: s.scenario.Title,
		Request: s.variant.Request.String(), Service: s.variant.Request.To(), AtOnce: max(s.scenario.Concurrency, 1),
		Expected: cmp.Or(string(want.Kind), "nothing"), Mention: want.Mention, Basis: cmp.Or(want.Basis, doctor.None),
		Places: append([]scenario.Place{}, want.Places...), AlsoTrue: append([]scenario.Excuse{}, want.AlsoTrue...), // never null in JSON
		Near: string(s.scenario.Resembles),
	}
}
