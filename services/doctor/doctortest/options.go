package doctortest

import (
	"fmt"

	"spanwise/doctor"
	"spanwise/doctor/ignore"
	"spanwise/doctor/report"
	"spanwise/doctor/trace"
)

// An Option says what fails a test.
type Option func(*config) error

type config struct {
	kinds    map[doctor.Kind]bool // nil for all
	ignored  *ignore.List
	maxCalls int
}

// Kinds lets only findings of these kinds fail the test, and none if there are no kinds. By default, all do.
func Kinds(kinds ...doctor.Kind) Option {
	return func(c *config) error {
		known := map[doctor.Kind]bool{}
		for _, k := range doctor.Kinds() {
			known[k.Kind] = true
		}
		c.kinds = map[doctor.Kind]bool{}
		for _, k := range kinds {
			if !known[k] {
				return fmt.Errorf("no such kind: %s (try: doctor explain)", k)
			}
			c.kinds[k] = true
		}
		return nil
	}
}

// Ignore ignores the findings that a file lists, in the format of the command's -ignore, which package spanwise/doctor/ignore documents.
// Its entries that match nothing are logged.
func Ignore(file string) Option {
	return func(c *config) (err error) {
		c.ignored, err = ignore.Open(file)
		return err
	}
}

// MaxCalls fails the test if a service calls the same operation more than n times in one trace.
func MaxCalls(n int) Option {
	return func(c *config) error {
		if n < 1 {
			return fmt.Errorf("MaxCalls(%d): want a number above 0", n)
		}
		c.maxCalls = n
		return nil
	}
}

// failures lists what fails the test.
func (c *config) failures(t *trace.Trace, r doctor.Report) (lines []string) {
	for _, f := range r.Findings {
		if c.kinds == nil || c.kinds[f.Kind] {
			lines = append(lines, report.Title(f))
		}
	}
	if c.maxCalls > 0 {
		for _, calls := range report.CallsAbove(t, c.maxCalls) {
			lines = append(lines, fmt.Sprintf("%s (MaxCalls allows %d)", calls, c.maxCalls))
		}
	}
	return lines
}
