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
		"consistent:50%": {Consistent: 0.5},
	} {
		got, err := Parse(value)
		diff := got.Head - want.Head + got.Consistent - want.Consistent
		if err != nil || diff*diff > 1e-20 || got.Tail != want.Tail {
			t.Errorf("%q: got %+v, %v, want %+v", value, got, err, want)
		}
		if again, err := Parse(got.String()); err != nil || again != got {
			t.Errorf("%q: %q is read as %+v, %v, want %+v", value, got, again, err, got)
		}
	}
}

// Any other value is an error that names the setting, the value and what is valid.
func TestParseRefuses(t *testing.T) {
	for _, value := range []string{"10%", "head", "head:", "head:0", "head:-1", "head:10", "head:101%", "head:ten", "head:NaN", "tail:10%", "all:1", ":", "on", "consistent", "consistent:0"} {
		_, err := Parse(value)
		if err == nil || !strings.Contains(err.Error(), "SAMPLING="+value+": want all, tail, or head or consistent") {
			t.Errorf("%q: got %v, want an error that lists the valid values", value, err)
		}
	}
}

// With head sampling, a service follows its caller, and with consistent sampling it does not. The default leaves the choice to
// OTEL_TRACES_SAMPLER.
func TestSampler(t *testing.T) {
	for value, want := range map[string]string{
		"all": "", "head:10%": "ParentBased{root:Probability{0.1},", "tail": "ParentBased{root:Probability{1},", "consistent:10%": "Probability{0.1}",
	} {
		mode, err := Parse(value)
		if err != nil {
			t.Fatal(err)
		}
		sampler := mode.Sampler()
		if (sampler == nil) != (want == "") || sampler != nil && !strings.HasPrefix(sampler.Description(), want) {
			t.Errorf("%q: got %v, want %q", value, sampler, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, value := range []string{"", "all", "tail", "head:10%", "head:1e-3", "head:%"} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		m, err := Parse(value)
		if err == nil && (m.Head < 0 || m.Head > 1 || m.Consistent < 0 || m.Consistent > 1 || m.Head*m.Consistent != 0 || m.Tail && m.Head != 0) {
			t.Errorf("%q: got %+v", value, m)
		}
	})
}
