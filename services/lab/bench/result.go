package bench

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"spanwise/lab/export"
)

// A Result is what a part measured, when, and on what. Each part has its own, because one can be repeated alone.
type Result struct {
	Part    string  `json:"part"`
	Size    string  `json:"size"` // full or quick
	Machine Machine `json:"machine"`
	Commit  string  `json:"commit"`
	Seconds int     `json:"seconds"` // that it took
	Figures Figures `json:"figures"`
}

// Results are those of a file such as bench.json, in the order of [Parts].
type Results []Result

// Read reads the results of a file. Without the file, there are none.
func Read(file string) (Results, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var results Results
	if err := json.Unmarshal(text, &results); err != nil {
		return nil, fmt.Errorf("%s does not hold the figures of lab bench (give another file, or delete it): %w", file, err)
	}
	return results, nil
}

// Write writes the results to a file.
func (r Results) Write(file string) error { return export.WriteJSON(file, r, "  ") }

// With returns the results with one more, in place of what the same part measured before.
func (r Results) With(one Result) Results {
	all := slices.DeleteFunc(slices.Clone(r), func(old Result) bool { return old.Part == one.Part })
	all = append(all, one)
	order := func(part string) int { return slices.IndexFunc(Parts, func(p Part) bool { return p.Name == part }) }
	slices.SortStableFunc(all, func(a, b Result) int { return order(a.Part) - order(b.Part) })
	return all
}

// Missed returns the figures that miss their targets.
func (r Results) Missed() (missed Figures) {
	for _, one := range r {
		for _, f := range one.Figures {
			if f.missed() {
				missed = append(missed, f)
			}
		}
	}
	return missed
}
