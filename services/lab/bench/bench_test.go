package bench

import (
	"context"
	"errors"
	"slices"
	"testing"

	"spanwise/lab/native"
)

// A part that fails keeps what it has measured, and the others are measured all the same.
func TestRunAfterFailure(t *testing.T) {
	failed := errors.New("a program lost spans")
	part := func(name string, figures Figures, err error) Part {
		return Part{Name: name, measure: func(*Bench, context.Context) (Figures, error) { return figures, err }}
	}
	parts := []Part{part("a", Figures{figure("x", "", 1)}, failed), part("b", nil, failed), against, part("c", Figures{figure("y", "", 1)}, nil)}
	b := Bench{Size: Quick, Commit: "0123456", Say: func(string, ...any) {}}
	var done []string
	err := b.Run(t.Context(), parts, func(r Result) error {
		done = append(done, r.Part+" at "+r.Commit)
		return nil
	})
	if want := []string{"a at 0123456", "c at 0123456"}; !slices.Equal(done, want) || !errors.Is(err, failed) {
		t.Errorf("got %v and %v, want %v and the failure", done, err, want)
	}
}

// All systems run at the same time, each with its own settings.
func TestTogether(t *testing.T) {
	running := 0
	var given []string
	start := func(_ context.Context, settings []string, do func(*native.Run) error) error {
		running++
		defer func() { running-- }()
		given = append(given, settings...)
		return do(&native.Run{})
	}
	err := Together(t.Context(), start, [][]string{{"A=1"}, nil, {"B=2", "C=3"}}, func(runs []*native.Run) error {
		if len(runs) != 3 || running != 3 {
			t.Errorf("got %d runs, of which %d run, want 3", len(runs), running)
		}
		return nil
	})
	if want := []string{"A=1", "B=2", "C=3"}; err != nil || running != 0 || !slices.Equal(given, want) {
		t.Errorf("got %v, %d that still run, and settings %v, want %v", err, running, given, want)
	}
}
