package read

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

// An instant is a time as text, such as RFC 3339's, in µs since the epoch. Times before the year 2, such as Go's zero time, are not known.
type instant struct{ number }

func (i *instant) UnmarshalJSON(raw []byte) error {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		i.number = parseTime(s)
	}
	return nil
}

func parseTime(s string) number {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() > 1 {
			return number{micros(t.UnixNano()), true}
		}
	}
	return number{}
}

// seconds are a number of them, with a fraction, in µs.
type seconds struct{ number }

func (s *seconds) UnmarshalJSON(raw []byte) error { return s.scale(raw, 1e6) }

// micro is a number of µs, perhaps with a fraction.
type micro struct{ number }

func (m *micro) UnmarshalJSON(raw []byte) error { return m.scale(raw, 1) }

// millis are a number of milliseconds, perhaps with a fraction, in µs.
type millis struct{ number }

func (m *millis) UnmarshalJSON(raw []byte) error { return m.scale(raw, 1e3) }

// scale reads a number, and multiplies it.
func (n *number) scale(raw []byte, by float64) error {
	if f, err := strconv.ParseFloat(strings.Trim(string(raw), `"`), 64); err == nil && f == f {
		*n = number{clamp(math.Round(f * by)), true}
	}
	return nil
}

// nanos rounds nanoseconds to µs.
func (n number) nanos() number { return number{micros(n.n), n.known} }
