package read

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"

	"spanwise/doctor/trace"
)

// OTLP as protobuf: the body of a request, and what Collectors write to files
// (https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto). It is read from its wire
// format, because generated code would hold all of it in memory a second time.

// errNotTraces means that a message is OTLP, but of another signal: its outer messages look the same.
var errNotTraces = errors.New("OTLP metrics or logs, not traces")

// otlpMessage reads a TracesData, or an ExportTraceServiceRequest, which is the same.
func (b *builder) otlpMessage(message []byte) error {
	return eachWire(message, func(w wire) error {
		if w.num != 1 || w.kind != lengthWire {
			return nil
		}
		return b.protoResource(w.bytes)
	})
}

// protoResource reads a ResourceSpans. Its resource may come after its spans.
func (b *builder) protoResource(message []byte) error {
	var resource trace.Attrs
	err := eachWire(message, func(w wire) (err error) {
		if w.num == 1 {
			resource, err = b.protoAttrs(w.bytes, 1)
		}
		return err
	})
	if err != nil {
		return err
	}
	of := trace.Span{Service: resource.Get("service.name"), Host: host(resource), OneThread: oneThread(resource)}
	return eachWire(message, func(w wire) error {
		if w.num != 2 && w.num != 1000 { // ScopeSpans, or the older InstrumentationLibrarySpans
			return nil
		}
		return eachWire(w.bytes, func(w wire) error {
			if w.num != 2 {
				return nil
			}
			return b.protoSpan(w.bytes, of)
		})
	})
}

func (b *builder) protoSpan(message []byte, of trace.Span) error {
	p := pending{Span: b.slabs.span()}
	s := p.Span
	s.Service, s.Host, s.OneThread = of.Service, of.Host, of.OneThread
	var status otlpStatus
	attrs, err := b.protoAttrs(message, 9)
	if err != nil {
		return err
	}
	s.Attrs = attrs
	err = eachWire(message, func(w wire) (err error) {
		switch w.num {
		case 1:
			p.traceID, err = protoID(w, 16)
		case 2:
			s.ID, err = protoID(w, 8)
		case 3:
			s.Weight = trace.WeightOf(string(w.bytes))
		case 4:
			s.ParentID, err = protoID(w, 8)
		case 5:
			s.Name = b.text(w.bytes)
		case 6:
			s.Kind = kindOf(strconv.FormatUint(w.n, 10))
		case 7:
			p.start = protoTime(w.n)
		case 8:
			p.end = protoTime(w.n)
		case 10, 12, 14:
			s.Dropped += protoCount(w.n)
		case 11:
			err = b.protoEvent(s, w.bytes)
		case 13:
			err = protoLink(s, w.bytes)
		case 15:
			status, err = b.protoStatus(w.bytes)
		}
		return err
	})
	if err != nil {
		return err
	}
	b.noteWarnings()
	status.describe(s)
	b.addEnding(p.traceID, p.start, p.end, s)
	return b.tooMany()
}

// protoID reads an id of a span. What has another length there is not a span.
func protoID(w wire, size int) (string, error) {
	if w.kind != lengthWire || len(w.bytes) != size && len(w.bytes) != 0 {
		return "", errNotTraces
	}
	return idOf(w.bytes), nil
}

// protoTime is in µs. Zero means that it is not known.
func protoTime(ns uint64) number {
	return number{micros(int64(min(ns, math.MaxInt64))), ns != 0}
}

func protoCount(n uint64) int { return int(min(n, 1<<30)) }

func (b *builder) protoEvent(s *trace.Span, message []byte) error {
	attrs, err := b.protoAttrs(message, 3)
	if err != nil {
		return err
	}
	e := trace.Event{Attrs: attrs}
	err = eachWire(message, func(w wire) error {
		switch w.num {
		case 1:
			e.Time = trace.Micros(protoTime(w.n).n)
		case 2:
			e.Name = b.text(w.bytes)
		case 4:
			s.Dropped += protoCount(w.n)
		}
		return nil
	})
	s.Events = append(s.Events, e)
	return err
}

func protoLink(s *trace.Span, message []byte) error {
	var l trace.Link
	err := eachWire(message, func(w wire) (err error) {
		switch w.num {
		case 1:
			l.TraceID, err = protoID(w, 16)
		case 2:
			l.SpanID, err = protoID(w, 8)
		case 5:
			s.Dropped += protoCount(w.n)
		}
		return err
	})
	s.Links = append(s.Links, l)
	return err
}

func (b *builder) protoStatus(message []byte) (status otlpStatus, err error) {
	err = eachWire(message, func(w wire) error {
		switch w.num {
		case 2:
			status.message = b.text(w.bytes)
		case 3:
			status.code = strconv.FormatUint(w.n, 10)
		}
		return nil
	})
	return status, err
}

// protoAttrs reads the attributes of a message, which are its fields of that number.
func (b *builder) protoAttrs(message []byte, number uint64) (trace.Attrs, error) {
	list := b.slabs.list[:0]
	err := eachWire(message, func(w wire) error {
		if w.num != number {
			return nil
		}
		key, value, err := protoKeyValue(w.bytes, 0)
		a := trace.Attr{Key: b.text(key), Value: b.protoText(value)}
		if ofJaeger(a.Key) {
			b.ownAttribute(a)
		} else {
			list = append(list, a)
		}
		return err
	})
	b.slabs.list = list
	return b.slabs.attributes(list), err
}

// protoText is a value as text: scalars as they are, lists and maps as JSON.
func (b *builder) protoText(value any) string {
	switch value := value.(type) {
	case []byte:
		return b.text(value)
	case string:
		return value
	}
	text, _ := json.Marshal(plainProto(value)) // cannot fail: these are only strings, lists and maps
	return b.text(text)
}

// plainProto makes strings of the bytes in a value.
func plainProto(value any) any {
	switch value := value.(type) {
	case []byte:
		return strings.ToValidUTF8(string(value), "\uFFFD")
	case []any:
		for i := range value {
			value[i] = plainProto(value[i])
		}
	case map[string]any:
		for key := range value {
			value[key] = plainProto(value[key])
		}
	}
	return value
}

func protoKeyValue(message []byte, nested int) (key []byte, value any, err error) {
	value = ""
	err = eachWire(message, func(w wire) (err error) {
		switch w.num {
		case 1:
			key = w.bytes
		case 2:
			value, err = protoValue(w.bytes, nested)
		}
		return err
	})
	return key, value, err
}

// protoValue reads an AnyValue: a string, its bytes, a list or a map.
func protoValue(message []byte, nested int) (value any, err error) {
	if nested > maxNesting {
		return "", errors.New("attributes are nested too deeply")
	}
	value = ""
	err = eachWire(message, func(w wire) (err error) {
		switch w.num {
		case 1:
			value = w.bytes
		case 2:
			value = strconv.FormatBool(w.n != 0)
		case 3:
			value = strconv.FormatInt(int64(w.n), 10)
		case 4:
			value = strconv.FormatFloat(math.Float64frombits(w.n), 'g', -1, 64)
		case 5:
			value, err = protoList(w.bytes, nested+1)
		case 6:
			value, err = protoMap(w.bytes, nested+1)
		case 7:
			value = base64.StdEncoding.EncodeToString(w.bytes)
		}
		return err
	})
	return value, err
}

func protoList(message []byte, nested int) (any, error) {
	list := []any{}
	err := eachWire(message, func(w wire) error {
		value, err := protoValue(w.bytes, nested)
		list = append(list, value)
		return err
	})
	return list, err
}

func protoMap(message []byte, nested int) (any, error) {
	fields := map[string]any{}
	err := eachWire(message, func(w wire) error {
		key, value, err := protoKeyValue(w.bytes, nested)
		fields[strings.ToValidUTF8(string(key), "\uFFFD")] = value
		return err
	})
	return fields, err
}
