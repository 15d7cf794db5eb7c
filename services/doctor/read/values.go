package read

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// A text is any JSON value as text: strings unquoted, everything else unchanged.
type text string

func (t *text) UnmarshalJSON(raw []byte) error {
	if raw[0] != '"' {
		*t = text(raw)
		return nil
	}
	var s string
	err := json.Unmarshal(raw, &s)
	*t = text(s)
	return err
}

// A number is an integer that some writers quote, and others write with a decimal point or an exponent.
// It is not known if there was none, or it was not a number.
type number struct {
	n     int64
	known bool
}

func (n *number) UnmarshalJSON(raw []byte) error {
	raw = bytes.Trim(raw, `" `)
	if i, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
		*n = number{i, true}
	} else if f, err := strconv.ParseFloat(string(raw), 64); err == nil && !math.IsNaN(f) {
		*n = number{clamp(f), true}
	}
	return nil
}

// clamp converts a float that may be outside int64, as nanoseconds after 2262 are, to the nearest int64.
func clamp(f float64) int64 {
	switch {
	case f >= math.MaxInt64:
		return math.MaxInt64
	case f <= math.MinInt64:
		return math.MinInt64
	}
	return int64(f)
}

// after adds a duration to a start without overflow.
func after(start, duration number) number {
	far := func(n int64) int64 { return min(max(n, -2*farthest), 2*farthest) }
	return number{far(start.n) + far(duration.n), start.known}
}

// micros rounds nanoseconds to the nearest microsecond. Starts and ends are rounded the same way, so nested spans stay nested.
func micros(ns int64) int64 {
	if ns > math.MaxInt64-500 {
		return math.MaxInt64 / 1000
	}
	return floor(ns+500, 1000)
}

func floor(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// spanID and traceID write an id as lower-case hex, whether it came as hex or as base64 of its 8 or 16 bytes.
// Anything else stays as it is. An id of zeros is empty.
func spanID(s string) string  { return id(s, 8) }
func traceID(s string) string { return id(s, 16) }

func id(s string, size int) string {
	if strings.Trim(s, "0") == "" {
		return ""
	}
	if _, err := hex.DecodeString(s); err == nil && (len(s) == 16 || len(s) == 32) {
		return strings.ToLower(s)
	}
	plain := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(s, "="))
	if b, err := base64.RawStdEncoding.DecodeString(plain); err == nil && len(b) == size {
		if strings.Trim(string(b), "\x00") == "" {
			return ""
		}
		return hex.EncodeToString(b)
	}
	return s
}

// host is where a process ran, from its resource's attributes: the machine if known, else something narrower.
func host(resource map[string]string) string {
	return cmp.Or(resource["host.name"], resource["hostname"], resource["host.id"], resource["k8s.pod.name"],
		resource["container.id"], resource["ip"], resource["service.instance.id"])
}

// oneThread reports whether a process runs one thing at a time, as JavaScript does.
func oneThread(resource map[string]string) bool {
	return resource["telemetry.sdk.language"] == "nodejs" || resource["process.runtime.name"] == "nodejs"
}
