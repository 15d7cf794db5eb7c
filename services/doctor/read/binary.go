package read

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"unicode/utf8"
)

// detectBinary returns what reads an input that is not text, an error that names what nothing reads, or nothing for text.
func detectBinary(start []byte) (func(*builder, *bufio.Reader) error, error) {
	for _, m := range magics {
		if len(start) >= m.at+len(m.bytes) && string(start[m.at:m.at+len(m.bytes)]) == m.bytes {
			return nil, errors.New(m.what)
		}
	}
	switch {
	case isOTLP(start):
		return (*builder).body, nil
	case len(start) > 4 && isFrame(start[4:], binary.BigEndian.Uint32(start)):
		return func(b *builder, in *bufio.Reader) error { return (&frames{builder: b}).all(in) }, nil
	case len(start) > 5 && start[0] <= 1 && isOTLP(start[5:]):
		return nil, errors.New("a gRPC message with its 5 bytes of framing: want the OTLP request in it (try: tail -c +6 FILE | doctor -)")
	case isProto(start, 0x08, 0x10):
		return nil, errors.New("a pprof profile, not a trace (try: go tool pprof)")
	case isProto(start, 0x0a) && len(start) > 4 && (start[3] == 16 || start[3] == 8):
		return nil, errors.New("spans of Zipkin as protobuf: want Zipkin JSON (try: curl ZIPKIN/api/v2/trace/TRACE_ID)")
	case bytes.Contains(start[:min(len(start), maxText)], []byte("\xa8trace_id")):
		return nil, errors.New("spans of Datadog as MessagePack: want JSON")
	}
	return nil, nil
}

// magics are the first bytes of formats that people have traces in, or take for a trace.
var magics = []struct {
	at          int
	bytes, what string
}{
	{0, "PAR1", "Parquet (of Grafana Tempo?): want JSON (try: curl TEMPO/api/traces/TRACE_ID)"},
	{0, "PK\x03\x04", "a zip archive: want the file in it (try: unzip -p FILE | doctor -)"},
	{257, "ustar", "a tar archive: want a file in it (try: tar -xOf FILE NAME | doctor -)"},
	{0, "BZh", "bzip2: want it decompressed (try: bunzip2 < FILE | doctor -)"},
	{0, "\xfd7zXZ", "xz: want it decompressed (try: xz -dc FILE | doctor -)"},
	{0, "\x04\x22\x4d\x18", "lz4: want it decompressed (try: lz4 -dc FILE | doctor -)"},
	{0, "\xff\x06\x00\x00sNaPpY", "snappy: want it decompressed (try: snzip -dc FILE | doctor -)"},
	{0, "SQLite format 3", "an SQLite database: want JSON of a trace"},
	{0, "Obj\x01", "Avro: want JSON of a trace"},
	{0, "go 1.", "an execution trace of the Go runtime, not a distributed trace (try: go tool trace)"},
	{0, "\x0c\x00\x00\x00", "Zipkin Thrift: want Zipkin JSON (try: curl ZIPKIN/api/v2/trace/TRACE_ID)"},
	{0, "\x0c\x00\x01", "Jaeger Thrift: want Jaeger JSON (try: curl JAEGER/api/traces/TRACE_ID)"},
	{0, "\x82\x21", "Jaeger Thrift: want Jaeger JSON (try: curl JAEGER/api/traces/TRACE_ID)"},
	{0, "PRI * HTTP/2", "an HTTP/2 connection: want the OTLP request in it"},
	{0, "\xd4\xc3\xb2\xa1", "a capture of network packets: want an export of a tracing back end"},
	{0, "\x0a\x0d\x0d\x0a", "a capture of network packets: want an export of a tracing back end"},
	{0, "%PDF", "PDF: want JSON of a trace"},
	{0, "\x89PNG", "a picture (PNG): want JSON of a trace"},
	{0, "\xff\xd8\xff", "a picture (JPEG): want JSON of a trace"},
}

// isFrame reports whether a message of that length can begin with start.
func isFrame(start []byte, length uint32) bool {
	if length == 0 || length > MaxBytes {
		return false
	}
	start = start[:min(len(start), int(length))]
	return isZstd(start) || isOTLP(start) || bytes.HasPrefix(start, []byte(`{"resource`))
}

// isOTLP reports whether start, which may be cut off anywhere, begins an OTLP request in protobuf: a ResourceSpans, in which the first field is
// a resource with attributes, or spans of a scope.
func isOTLP(start []byte) bool {
	resourceSpans, rest, ok := delimited(start, 1)
	if !ok || len(resourceSpans) == 0 {
		return false
	}
	if len(rest) > 0 && rest[0] != 0x0a {
		return false
	}
	if resource, after, ok := delimited(resourceSpans, 1); ok {
		attribute, _, isAttr := delimited(resource, 1)
		key, _, hasKey := delimited(attribute, 1)
		next := len(after) == 0 || after[0] == 0x12 || after[0] == 0x1a || after[0] == 0xc2
		return next && (len(resource) == 0 && len(after) > 0 || isAttr && hasKey && isWord(key))
	}
	scope, _, ok := delimited(resourceSpans, 2)
	_, _, named := delimited(scope, 1)
	_, _, spans := delimited(scope, 2)
	return ok && (named || spans)
}

// delimited returns the first field of a message, if it has that number and a length, and what follows it.
func delimited(message []byte, want uint64) (field, rest []byte, ok bool) {
	tag, message, err := uvarint(message)
	if err != nil || tag != want<<3|lengthWire {
		return nil, nil, false
	}
	length, message, err := uvarint(message)
	switch {
	case err != nil || length > MaxBytes:
		return nil, nil, false
	case uint64(len(message)) < length:
		return message, nil, true // start is cut off here
	}
	return message[:length], message[length:], true
}

// isWord reports whether b can be the name of an attribute.
func isWord(b []byte) bool {
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		if r < ' ' || r == utf8.RuneError && len(b) >= utf8.UTFMax {
			return false
		}
		b = b[size:]
	}
	return true
}

// isProto reports whether start begins a message, in a message, with one of these tags.
func isProto(start []byte, tags ...byte) bool {
	field, _, ok := delimited(start, 1)
	return ok && len(field) > 1 && bytes.IndexByte(tags, field[0]) >= 0
}
