// Package export writes the traces of scenarios into a folder, with their truth beside them, for people who build
// tools of their own that read traces. Call [Write].
//
// The set and its labels are the same each time; times and ids are those of the run.
package export

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"spanwise/doctor"
	"spanwise/lab/jaeger"
	"spanwise/lab/play"
	"spanwise/lab/scenario"
)

// Manifest is the name of the file that tells what the others are.
const Manifest = "manifest.json"

// A Source is a running system.
type Source struct {
	Shop   play.Shop
	Traces *jaeger.Reader // to know when a trace is whole; may be blinded
	Jaeger string         // the address of its API, whose answers are kept as they are
	HTTP   *http.Client
	Grow   func(ctx context.Context, products int) error // makes the catalogue at least that big
}

// A Label is the truth about one file.
type Label struct {
	File     string           `json:"file"` // Jaeger JSON: {"data": [trace, …]}
	Scenario string           `json:"scenario"`
	Variant  string           `json:"variant"` // slow, fixed or healthy
	Title    string           `json:"title"`
	Request  string           `json:"request"`
	Service  string           `json:"service"`  // that got the request
	Traces   int              `json:"traces"`   // in the file: of as many requests at once, and what they caused beside
	Expected string           `json:"expected"` // a kind, or "nothing"
	Mention  bool             `json:"mention"`  // true of the request, but no time to be saved
	Places   []scenario.Place `json:"places"`   // where, all of them
	Basis    doctor.Basis     `json:"saving_basis"`
	Also     []scenario.Also  `json:"also_true"`
}

// delivery is how long the last spans of a request take to arrive, and how long work may go on after its answer.
const delivery = 1500 * time.Millisecond

// Write plays every variant of the scenarios once and writes one file for each, and the manifest, into dir.
func Write(ctx context.Context, from Source, scenarios []scenario.Scenario, dir string) ([]Label, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	labels, ids := []Label{}, map[string][]string{}
	small, big, products := scenario.Split(scenarios)
	for _, s := range slices.Concat(small, big) {
		if len(big) > 0 && s.ID == big[0].ID {
			if err := from.Grow(ctx, products); err != nil {
				return nil, err
			}
		}
		for _, v := range s.Variants() {
			l := label(s, v)
			var err error
			if ids[l.File], err = from.play(ctx, s, v); err != nil {
				return nil, fmt.Errorf("export %s, %s: %w", s.ID, v.Name, err)
			}
			l.Traces = len(ids[l.File])
			labels = append(labels, l)
		}
	}
	if err := play.Wait(ctx, delivery); err != nil {
		return nil, err
	}
	for _, l := range labels {
		if err := from.keep(ctx, ids[l.File], filepath.Join(dir, l.File)); err != nil {
			return nil, fmt.Errorf("export %s: %w", l.File, err)
		}
	}
	return labels, toFile(filepath.Join(dir, Manifest), labels, "  ")
}

func label(s scenario.Scenario, v scenario.Variant) Label {
	return Label{
		File: s.ID + "." + v.Name + ".json", Scenario: s.ID, Variant: v.Name, Title: s.Title,
		Request: v.Request.String(), Service: v.Request.To(),
		Expected: cmp.Or(string(v.Want.Kind), "nothing"), Mention: v.Want.Mention, Basis: cmp.Or(v.Want.Basis, doctor.None),
		Places: append([]scenario.Place{}, v.Want.Places...), Also: append([]scenario.Also{}, v.Want.Also...),
	}
}

// play plays a variant and returns its traces, those that it caused beside included.
func (from Source) play(ctx context.Context, s scenario.Scenario, v scenario.Variant) ([]string, error) {
	if _, err := from.Shop.Play(ctx, s, v.Request); err != nil { // what was never used before is slower
		return nil, err
	}
	if s.Scattered {
		if err := play.Wait(ctx, delivery); err != nil { // or the traces before would be taken for parts of it
			return nil, err
		}
	}
	began := time.Now()
	ids, err := from.Shop.Play(ctx, s, v.Request)
	if err != nil || !s.Scattered {
		return ids, err
	}
	if err := play.Wait(ctx, delivery); err != nil {
		return nil, err
	}
	others, err := play.Others(ctx, from.Traces, from.Shop, ids, began)
	for _, t := range others {
		ids = append(ids, t.ID)
	}
	return ids, err
}

// keep writes traces down as Jaeger serves them, when they are whole.
func (from Source) keep(ctx context.Context, ids []string, file string) error {
	if _, err := play.Read(ctx, from.Traces, ids, 0); err != nil {
		return err
	}
	var all []json.RawMessage
	for _, id := range ids {
		data, err := from.served(ctx, id)
		if err != nil {
			return err
		}
		all = append(all, data...)
	}
	return toFile(file, map[string]any{"data": all}, "")
}

func toFile(name string, v any, indent string) error {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false) // requests are to be read by people, and nothing of it goes into a page
	enc.SetIndent("", indent)
	if err := enc.Encode(v); err != nil {
		return err
	}
	return os.WriteFile(name, text.Bytes(), 0o644)
}

// served is a trace in Jaeger's own JSON, as its API gives it.
func (from Source) served(ctx context.Context, id string) ([]json.RawMessage, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, from.Jaeger+"/api/traces/"+id+"?raw=true", nil)
	if err != nil {
		return nil, err
	}
	resp, err := from.HTTP.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("jaeger answered %s for trace %s", resp.Status, id)
	}
	var answer struct{ Data []json.RawMessage }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return nil, fmt.Errorf("read trace %s from Jaeger: %w", id, err)
	}
	return answer.Data, nil
}
