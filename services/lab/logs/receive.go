package logs

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync"

	collectorpb "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	logspb "go.opentelemetry.io/proto/otlp/logs/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

const (
	maxRequest = 8 << 20 // bytes of a request, uncompressed; the Collector sends 1,000 lines at a time
	maxText    = 8 << 10 // bytes of a message or an attribute; the rest is cut off
	maxAttrs   = 64      // of a line
	protobuf   = "application/x-protobuf"
)

// Receiver returns a handler for POST /v1/logs, which takes lines as OTLP over HTTP:
// https://opentelemetry.io/docs/specs/otlp/#otlphttp. It reads the encoding application/x-protobuf only. It refuses every
// request of a web page: a page whose name resolves to this machine (DNS rebinding) could send that encoding. Browsers send
// Origin with every POST (https://fetch.spec.whatwg.org/#origin-header), and the Collector does not.
func (s *Store) Receiver() http.Handler {
	var decoding sync.Mutex // so that what is decoded is bounded whatever the number of requests
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, "send log records with POST, as OTLP over HTTP", http.StatusMethodNotAllowed)
			return
		}
		if r.Header.Get("Origin") != "" {
			http.Error(w, "log records come from the Collector, not from a web page", http.StatusForbidden)
			return
		}
		if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != protobuf {
			http.Error(w, "send OTLP as "+protobuf, http.StatusUnsupportedMediaType)
			return
		}
		bytes, status, err := read(r)
		if err != nil {
			http.Error(w, err.Error(), status)
			return
		}
		decoding.Lock()
		err = s.addRequest(bytes)
		decoding.Unlock()
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		body, _ := proto.Marshal(&collectorpb.ExportLogsServiceResponse{}) // cannot fail: the message is empty
		w.Header().Set("Content-Type", protobuf)
		_, _ = w.Write(body) // fails if the sender has gone; it then sends the lines again
	})
}

// read returns the uncompressed request, or an error with its status. None of the errors is worth another attempt.
func read(r *http.Request) ([]byte, int, error) {
	body := io.Reader(http.MaxBytesReader(nil, r.Body, maxRequest)) // or gzip members without content would never end
	switch encoding := r.Header.Get("Content-Encoding"); encoding {
	case "", "identity":
	case "gzip":
		unzipped, err := gzip.NewReader(body)
		if err != nil {
			return nil, http.StatusBadRequest, fmt.Errorf("read the gzip header: %w", err)
		}
		body = unzipped
	default:
		return nil, http.StatusUnsupportedMediaType, fmt.Errorf("compression %q is unknown: use gzip or none", encoding)
	}
	bytes, err := io.ReadAll(io.LimitReader(body, maxRequest+1))
	if err != nil {
		return nil, http.StatusBadRequest, fmt.Errorf("read the request: %w", err)
	}
	if len(bytes) > maxRequest {
		return nil, http.StatusRequestEntityTooLarge, errors.New("the request is over 8 MiB: send fewer records at a time")
	}
	return bytes, 0, nil
}

// severity returns the severity as the service wrote it, or the name of its number's range:
// https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber
func severity(r *logspb.LogRecord) string {
	if written := r.GetSeverityText(); written != "" {
		return cut(written)
	}
	names := []string{"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"}
	if n := int(r.GetSeverityNumber()) - 1; n >= 0 && n/4 < len(names) {
		return names[n/4]
	}
	return ""
}

func text(v *commonpb.AnyValue) string {
	switch v := v.GetValue().(type) {
	case nil:
		return ""
	case *commonpb.AnyValue_StringValue:
		return cut(v.StringValue)
	case *commonpb.AnyValue_BoolValue:
		return strconv.FormatBool(v.BoolValue)
	case *commonpb.AnyValue_IntValue:
		return strconv.FormatInt(v.IntValue, 10)
	case *commonpb.AnyValue_DoubleValue:
		return strconv.FormatFloat(v.DoubleValue, 'g', -1, 64)
	case *commonpb.AnyValue_BytesValue:
		return fmt.Sprintf("%d bytes", len(v.BytesValue))
	}
	composite, err := protojson.Marshal(v) // a list or a map, rare in logs
	if err != nil {
		return err.Error()
	}
	return cut(string(composite))
}

func cut(s string) string {
	if len(s) <= maxText {
		return s
	}
	return strings.ToValidUTF8(s[:maxText], "") + fmt.Sprintf("… (%d bytes cut off)", len(s)-maxText)
}
