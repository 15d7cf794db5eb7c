package export

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"text/template"

	"spanwise/doctor"
	"spanwise/doctor/trace"
	"spanwise/lab/scenario"
)

// The names of files and folders in an export.
const (
	Traces   = "traces"      // the folder of traces
	Manifest = "truth.json"  // what is true about each file
	Schema   = "schema.json" // of truth.json
	ReadMe   = "README.md"
)

var (
	//go:embed readme.md
	readMe string
	//go:embed schema.json
	schema []byte

	readMeOf = template.Must(template.New(ReadMe).Parse(readMe))
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
	ID         string       `json:"trace_id"`
	Spans      int          `json:"spans"`
	DurationUS trace.Micros `json:"duration_us"` // of its root
	Own        bool         `json:"own"`         // of the request itself, and not caused by it elsewhere
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

// write writes everything except the traces to dir.
func (truth Truth) write(dir string) error {
	if err := WriteJSON(filepath.Join(dir, Manifest), truth, "  "); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, Schema), schema, 0o644); err != nil {
		return err
	}
	var text bytes.Buffer
	if err := readMeOf.Execute(&text, truth); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, ReadMe), text.Bytes(), 0o644)
}

// WriteJSON writes v to a file.
func WriteJSON(name string, v any, indent string) error {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false) // people read requests and targets, and the file is not part of a page
	enc.SetIndent("", indent)
	if err := enc.Encode(v); err != nil {
		return err
	}
	return os.WriteFile(name, text.Bytes(), 0o644)
}
