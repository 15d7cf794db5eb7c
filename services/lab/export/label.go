package export

import (
	"cmp"
	"fmt"
	"math/rand/v2"

	"spanwise/doctor"
	"spanwise/lab/scenario"
)

// version is that of the format; it changes when a reader has to.
const version = 1

// A Truth is what truth.json holds; schema.json says it to programs.
type Truth struct {
	Version int     `json:"version"`
	Seed    uint64  `json:"seed"`
	Runs    int     `json:"runs"`
	Files   []Label `json:"files"`
}

// A Label is the truth about one file.
type Label struct {
	File     string           `json:"file"`
	Scenario string           `json:"scenario"`
	Variant  string           `json:"variant"` // slow, fixed, before, near-miss or healthy
	Run      int              `json:"run"`     // from 1
	Title    string           `json:"title"`
	Request  string           `json:"request"`
	Service  string           `json:"service"`      // that got the request
	AtOnce   int              `json:"at_once"`      // how many of the request ran together
	Expected string           `json:"expected"`     // what is wrong, or "nothing"
	Mention  bool             `json:"mention"`      // true of the request, but no time to be saved
	Places   []scenario.Place `json:"places"`       // where, all of them
	Basis    doctor.Basis     `json:"saving_basis"` // whether mending it saves a known time, at most some, or none
	Also     []scenario.Also  `json:"also_true"`    // and no false alarm
	Near     string           `json:"near"`         // what a near miss could be mistaken for; "" for others
	Traces   []Trace          `json:"traces"`       // in the file; these alone differ from run to run
}

// A Trace is one of a file's.
type Trace struct {
	ID         string `json:"trace_id"`
	Spans      int    `json:"spans"`
	DurationUS int64  `json:"duration_us"` // of its root
	Own        bool   `json:"own"`         // of the request; others were caused beside it
}

// A playing is one variant, to be played.
type playing struct {
	scenario scenario.Scenario
	variant  scenario.Variant
	run      int
}

// order is in which order the plan is played: a shuffle, the same for the same seed. What needs a big catalogue comes
// last, for everything else would feel it.
func (p Plan) order() []playing {
	random := rand.New(rand.NewPCG(p.Seed, 0))
	var all []playing
	small, big, _ := scenario.Split(p.Scenarios)
	for _, scenarios := range [][]scenario.Scenario{small, big} {
		begin := len(all)
		for _, s := range scenarios {
			for _, v := range s.Variants() {
				for run := range p.Runs {
					all = append(all, playing{s, v, run + 1})
				}
			}
		}
		part := all[begin:]
		random.Shuffle(len(part), func(i, j int) { part[i], part[j] = part[j], part[i] })
	}
	return all
}

func (p playing) label(number int) Label {
	want := p.variant.Want
	return Label{
		File: fmt.Sprintf("%s/%04d.json", Traces, number), Scenario: p.scenario.ID, Variant: p.variant.Name, Run: p.run, Title: p.scenario.Title,
		Request: p.variant.Request.String(), Service: p.variant.Request.To(), AtOnce: max(p.scenario.Crowd, 1),
		Expected: cmp.Or(string(want.Kind), "nothing"), Mention: want.Mention, Basis: cmp.Or(want.Basis, doctor.None),
		Places: append([]scenario.Place{}, want.Places...), Also: append([]scenario.Also{}, want.Also...), Near: string(p.scenario.Near),
	}
}
