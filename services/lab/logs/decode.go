package logs

import (
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"time"

	logspb "go.opentelemetry.io/proto/otlp/logs/v1"
	resourcepb "go.opentelemetry.io/proto/otlp/resource/v1"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// The messages and fields of a request:
// https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/logs/v1/logs.proto
const (
	resourceLogs = 1 // of the request
	resource     = 1 // of ResourceLogs
	scopeLogs    = 2 // of ResourceLogs
	logRecords   = 2 // of ScopeLogs
)

// maxRecord bounds the bytes of a record, and of a resource. Decoded, they take many times as much if their parts are small, and
// so would a whole request. Therefore records are decoded one at a time.
const maxRecord = 256 << 10

// addRequest adds the records of an uncompressed request. Those before an error are kept.
func (s *Store) addRequest(request []byte) error {
	records := 0
	for logs, err := range messagesIn(request, resourceLogs) {
		if err != nil {
			return err
		}
		service, err := serviceOf(logs)
		if err != nil {
			return err
		}
		for scope, err := range messagesIn(logs, scopeLogs) {
			if err != nil {
				return err
			}
			for record, err := range messagesIn(scope, logRecords) {
				if err != nil {
					return err
				}
				if records++; records > maxLines {
					return fmt.Errorf("the request has more than %d records: send fewer at a time", maxLines)
				}
				if err := s.addRecord(service, record); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (s *Store) addRecord(service string, encoded []byte) error {
	if len(encoded) > maxRecord {
		s.skip()
		return nil
	}
	var record logspb.LogRecord
	if err := proto.Unmarshal(encoded, &record); err != nil {
		return fmt.Errorf("decode a record: %w", err)
	}
	s.Add(line(service, &record))
	return nil
}

// line converts a record. Its time is when the record was made, or if that is unknown when it was observed.
func line(service string, r *logspb.LogRecord) Line {
	at := r.GetTimeUnixNano()
	if at == 0 {
		at = r.GetObservedTimeUnixNano()
	}
	l := Line{
		Time:     time.Unix(0, int64(at)).UTC(),
		Service:  service,
		Severity: severity(r),
		Message:  text(r.GetBody()),
		Trace:    hex.EncodeToString(r.GetTraceId()),
		Span:     hex.EncodeToString(r.GetSpanId()),
	}
	for i, kv := range r.GetAttributes() {
		if l.Attrs == nil {
			l.Attrs = make(map[string]string)
		}
		if i == maxAttrs {
			l.Attrs["…"] = fmt.Sprintf("%d more attributes were cut off", len(r.GetAttributes())-maxAttrs)
			break
		}
		l.Attrs[cut(kv.GetKey())] = text(kv.GetValue())
	}
	return l
}

// serviceOf returns the name of the service in an encoded ResourceLogs.
func serviceOf(logs []byte) (string, error) {
	service := "unknown_service"
	for encoded, err := range messagesIn(logs, resource) {
		if err != nil {
			return "", err
		}
		if len(encoded) > maxRecord {
			return "", errors.New("the resource is over 256 KiB: send fewer attributes")
		}
		var r resourcepb.Resource
		if err := proto.Unmarshal(encoded, &r); err != nil {
			return "", fmt.Errorf("decode the resource: %w", err)
		}
		for _, kv := range r.GetAttributes() {
			if kv.GetKey() == "service.name" {
				service = text(kv.GetValue())
			}
		}
	}
	return service, nil
}

// messagesIn returns the encoded messages in a field of an encoded message.
func messagesIn(message []byte, field protowire.Number) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for len(message) > 0 {
			number, kind, n := protowire.ConsumeTag(message)
			if n < 0 {
				yield(nil, fmt.Errorf("decode the request: %w", protowire.ParseError(n)))
				return
			}
			message = message[n:]
			size := protowire.ConsumeFieldValue(number, kind, message)
			if size < 0 {
				yield(nil, fmt.Errorf("decode the request: %w", protowire.ParseError(size)))
				return
			}
			if number == field && kind == protowire.BytesType {
				if inner, _ := protowire.ConsumeBytes(message); !yield(inner, nil) {
					return
				}
			}
			message = message[size:]
		}
	}
}
