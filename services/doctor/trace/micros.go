package trace

import (
	"fmt"
	"strconv"
	"time"
)

// Micros is a duration, or a time since the Unix epoch, in microseconds: the finest unit that all formats of traces can express.
type Micros int64

// Durations that thresholds are written in.
const (
	Millisecond Micros = 1000
	Second             = 1000 * Millisecond
)

// String formats a duration for a reader, with a unit and three significant digits: 870 µs, 12.4 ms, 1.87 s.
func (us Micros) String() string {
	if us < 0 {
		return "-" + (-us).String()
	}
	in := func(unit float64, name string) string {
		return strconv.FormatFloat(float64(us)/unit, 'g', 3, 64) + " " + name
	}
	switch {
	case us < 1000:
		return fmt.Sprintf("%d µs", int64(us))
	case us < 999_500:
		return in(1e3, "ms")
	case us < 99_950_000:
		return in(1e6, "s")
	case us < 7200e6:
		return in(60e6, "min")
	case us < 999.5*3600e6:
		return in(3600e6, "h")
	}
	return fmt.Sprintf("%d days", int64(us/86400e6))
}

// Duration returns us as a time.Duration.
func (us Micros) Duration() time.Duration { return time.Duration(us) * time.Microsecond }
