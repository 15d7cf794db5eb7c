package native

import (
	"slices"
	"strings"
	"testing"
)

// Jaeger collects garbage early, because its memory is traces that stay, unless GOGC is set.
func TestJaegerGC(t *testing.T) {
	for given, want := range map[string][]string{"HOME=/root": {"GOGC=50"}, "GOGC=200": {"GOGC=200"}} {
		s := Settings{Root: "/src", environ: []string{given}, ports: map[string]int{}}
		got := slices.DeleteFunc(s.jaeger().Env, func(v string) bool { return !strings.HasPrefix(v, "GOGC=") })
		if !slices.Equal(got, want) {
			t.Errorf("with %s: got %v, want %v", given, got, want)
		}
	}
}
