package mcp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"spanwise/doctor"
	"spanwise/doctor/read"
	"spanwise/doctor/report"
	"spanwise/doctor/trace"
)

type compareInput struct {
	Before string `json:"before" jsonschema:"a trace id, the address of a trace's page, or a file"`
	After  string `json:"after" jsonschema:"the same, of the request to compare with it"`
}

func (s *server) compare(ctx context.Context, in compareInput) (reply, error) {
	if in.Before == "" || in.After == "" {
		return reply{}, errors.New(`"before" or "after" is empty: want a trace id, an address or a file for each`)
	}
	var notes bytes.Buffer
	a, err := s.source.Load(ctx, in.Before, &notes)
	if err != nil {
		return reply{}, fmt.Errorf(`"before": %w`, err)
	}
	b, err := s.source.Load(ctx, in.After, &notes)
	if err != nil {
		return reply{}, fmt.Errorf(`"after": %w`, err)
	}
	trace.ResolveCallees(slices.Concat(a, b)...) // or a callee could have a name on one side and an address on the other
	c := report.Compare(report.Side{Name: in.Before, Cases: s.cases(a)}, report.Side{Name: in.After, Cases: s.cases(b)})
	var text strings.Builder
	var data bytes.Buffer
	if err := c.Terminal(&text, look(0, false)); err != nil {
		return reply{}, err
	}
	if err := c.JSON(&data); err != nil {
		return reply{}, err
	}
	return reply{cut(strings.TrimRight(text.String(), "\n")+"\n"+notes.String()+"\nNext: diagnose_traces with the second trace, for what is left to fix.\n", MaxText), json.RawMessage(data.Bytes())}, nil
}

type explainInput struct {
	Kind string `json:"kind,omitempty" jsonschema:"a kind of finding, such as n-plus-one; leave it out to list all kinds"`
}

func (s *server) explain(_ context.Context, in explainInput) (reply, error) {
	var b strings.Builder
	if in.Kind == "" {
		err := report.Kinds(&b, doctor.Kinds(), look(0, true))
		return reply{b.String(), map[string]any{"kinds": titles()}}, err
	}
	if k, ok := doctor.KindNamed(in.Kind); ok {
		err := report.Explain(&b, k, look(0, true))
		return reply{cut(b.String(), MaxText), nil}, err
	}
	var known []string
	for _, k := range doctor.Kinds() {
		known = append(known, string(k.Kind))
	}
	return reply{}, fmt.Errorf("no such kind: %q; the kinds are %s", in.Kind, strings.Join(known, ", "))
}

// A kindData is a kind in a list.
type kindData struct {
	Kind  doctor.Kind `json:"kind"`
	Title string      `json:"title"`
}

func titles() (list []kindData) {
	for _, k := range doctor.Kinds() {
		list = append(list, kindData{k.Kind, k.Title})
	}
	return list
}

// toolError is an error for a model. It says that advice is for the command line: a model calls tools, and may not be able to follow it.
func toolError(err error) error {
	text := read.Fact(err)
	if advice := read.Advice(err); advice != "" {
		text += " (advice for the doctor's command line: " + advice + ")"
	}
	return errors.New(cut(text, 2000))
}
