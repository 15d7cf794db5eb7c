package sampling

import (
	"strings"
	"testing"
)

// Every documented value is read, and its string is read as the same mode.
func TestParse(t *testing.T) {
	for value, want := range map[string]Mode{
		"": {}, "all": {}, "tail": {Tail: true}, " Tail ": {Tail: true}, "head:10%": {Head: 0.1}, "head:0.1": {Head: 0.1},
		"HEAD: 12.5 %": {Head: 0.125}, "head:100%": {Head: 1}, "head:1": {Head: 1}, "head:0.07%": {Head: 0.0007},
	} {
		got, err := Parse(value)
		if diff := got.Head - want.Head; err != nil || diff*diff > 1e-20 || got.Tail != want.Tail {
			t.Errorf("%q: got %+v, %v, want %+v", value, got, err, want)
		}
		if again, err := Parse(got.String()); err != nil || again != got {
			t.Errorf("%q: %q is read as %+v, %v, want %+v", value, got, again, err, got)
		}
	}
}

// Any other value is an error that names the setting, the value and what is valid.
func TestParseRefuses(t *testing.T) {
	for _, value := range []string{"10%", "head", "head:", "head:0", "head:-1", "head:10", "head:101%", "head:ten", "head:NaN", "tail:10%", "all:1", ":", "on"} {
		_, err := Parse(value)
		if err == nil || !strings.Contains(err.Error(), "SAMPLING="+value+": want all, tail, or head") {
			t.Errorf("%q: got %v, want an error that lists the valid values", value, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, value := range []string{"", "all", "tail", "head:10%", "head:1e-3", "head:%"} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		m, err := Parse(value)
		if err == nil && (m.Head < 0 || m.Head > 1 || m.Tail && m.Head != 0) {
			t.Errorf("%q: got %+v", value, m)
		}
	})
}
