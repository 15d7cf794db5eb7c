package read

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"math"
	"strconv"
	"strings"

	"spanwise/doctor/trace"
)

// A number is an integer that some writers quote, and others write with a decimal point or an exponent.
// It is not known if there was none, or it was not a number.
type number struct {
	n     int64
	known bool
}

// numberOf reads a JSON value as a number.
func numberOf(raw []byte) number {
	raw = bytes.Trim(raw, `" `)
	if i, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
		return number{i, true}
	}
	if f, err := strconv.ParseFloat(string(raw), 64); err == nil && !math.IsNaN(f) {
		return number{clamp(f), true}
	}
	return number{}
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

// spanID and traceID read an id as lower-case hex, whether it is written as hex or as base64 of its 8 or 16 bytes.
// Anything else stays as it is. An id of zeros is empty.
func (b *builder) spanID(c *cursor) string  { return b.id(c.string(), 8) }
func (b *builder) traceID(c *cursor) string { return b.id(c.string(), 16) }

func (b *builder) id(text []byte, size int) string {
	if !plainID(text) {
		text = []byte(id(string(text), size))
	}
	return b.text(text)
}

// plainID reports whether an id is written as nearly all are: as lower-case hex of the usual length, and not only zeros.
func plainID(text []byte) bool {
	zeros := true
	for _, c := range text {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
		zeros = zeros && c == '0'
	}
	return !zeros && (len(text) == 16 || len(text) == 32)
}

func id(s string, size int) string {
	if strings.Trim(s, "0") == "" {
		return ""
	}
	if _, err := hex.DecodeString(s); err == nil && (len(s) == 16 || len(s) == 32) {
		return strings.ToLower(s)
	}
	plain := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(s, "="))
	if b, err := base64.RawStdEncoding.DecodeString(plain); err == nil && len(b) == size {
		return idOf(b)
	}
	return s
}

// idOf is the bytes of an id as hex, empty if they are all zero.
func idOf(b []byte) string {
	if strings.Trim(string(b), "\x00") == "" {
		return ""
	}
	return hex.EncodeToString(b)
}

// host is where a process ran, from its resource's attributes: the machine if known, else something narrower.
func host(resource trace.Attrs) string {
	for _, key := range []string{"host.name", "hostname", "host.id", "k8s.pod.name", "container.id", "ip", "service.instance.id"} {
		if value := resource.Get(key); value != "" {
			return value
		}
	}
	return ""
}

// oneThread reports whether a process runs one thing at a time, as JavaScript does.
func oneThread(resource trace.Attrs) bool {
	return trace.OneThreaded(resource.Get("telemetry.sdk.language")) || trace.OneThreaded(resource.Get("process.runtime.name"))
}
