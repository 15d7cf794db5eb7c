package mcp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

type worstInput struct {
	Service string `json:"service" jsonschema:"the name of the service, as list_services has it"`
	Last    string `json:"last,omitempty" jsonschema:"how far back to look, such as 15m (the default), 2h or 90s"`
	All     bool   `json:"all,omitempty" jsonschema:"list all causes and notes"`
}

func (s *server) worst(ctx context.Context, in worstInput) (reply, error) {
	last := 15 * time.Minute
	if in.Last != "" {
		var err error
		if last, err = time.ParseDuration(in.Last); err != nil || last <= 0 {
			return reply{}, fmt.Errorf(`"last" is %q: want a number with a unit, such as 15m, 90s or 2h`, in.Last)
		}
	}
	if in.Service == "" {
		return reply{}, errors.New(`"service" is empty: call list_services for the names`)
	}
	var notes bytes.Buffer
	traces, err := s.source.Find(ctx, in.Service, last, &notes)
	if err != nil {
		return reply{}, err
	}
	return answer(s.cases(traces), in.All, notes.String())
}

type noInput struct{}

func (s *server) services(ctx context.Context, _ noInput) (reply, error) {
	names, err := s.source.Services(ctx)
	if err != nil {
		return reply{}, err
	}
	text := "No service has traces yet. Ask for a request to a service that sends its spans to this server.\n"
	if len(names) > 0 {
		var lines strings.Builder
		for _, name := range names {
			fmt.Fprintln(&lines, brief(name))
		}
		text = cut(lines.String()+"\nNext: find_worst_traces with one of these names.\n", MaxText)
	}
	return reply{text, map[string]any{"services": append([]string{}, names...)}}, nil
}
