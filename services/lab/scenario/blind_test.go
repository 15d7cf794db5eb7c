package scenario_test

import (
	"bytes"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"spanwise/doctor"
	"spanwise/doctor/read"
	"spanwise/internal/fault"
	"spanwise/lab/blind"
	"spanwise/lab/scenario"
	"spanwise/lab/scenario/scenariotest"
	"spanwise/order/shoptest"
)

// The doctor says the same, to the byte, of a trace whose truth was written all over it and taken out, as of one in which it
// never was; and of the truth nothing is left.
func TestDoctorIsBlind(t *testing.T) {
	each(t, func(t *testing.T, s scenario.Scenario, shop *shoptest.Shop) {
		if s.Real {
			t.Skip("spans are taken at a moment when nothing goes on any more, which only virtual time has")
		}
		innocent, names := without(t, s.Slow.Path)
		shop.Spans.Reset()
		if _, err := scenariotest.Shop(shop).Play(t.Context(), s, s.Slow); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute) // virtual: until whatever goes on after the answer has ended
		synctest.Wait()
		spans := shop.Spans.Spans()

		told := scenariotest.OTLP(t, written(spans, s.Slow.Path))
		blinded, err := blind.JSON(told)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if text := name + "="; !bytes.Contains(told, []byte(text)) || bytes.Contains(blinded, []byte(text)) {
				t.Errorf("got %q before: %v, after: %v, want it taken out", text, bytes.Contains(told, []byte(text)), bytes.Contains(blinded, []byte(text)))
			}
		}
		if bytes.Contains(blinded, []byte("spanwise.")) {
			t.Errorf("got baggage in what the doctor reads:\n%s", blinded)
		}
		never := scenariotest.OTLP(t, written(spans, innocent))
		if diff := cmp.Diff(diagnosed(t, never), diagnosed(t, blinded)); diff != "" {
			t.Errorf("the doctor was not blind (-never told +told and taken out):\n%s", diff)
		}
	})
}

// without returns a path without the parameters that the services understand, and these.
func without(t *testing.T, path string) (innocent string, names []string) {
	address, err := url.Parse(path)
	if err != nil {
		t.Fatal(err)
	}
	query := address.Query()
	for name, values := range query {
		if understood(name, values...) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		query.Del(name)
	}
	address.RawQuery = query.Encode()
	return address.String(), names
}

// understood reports whether a parameter is one that the services understand.
func understood(name string, values ...string) bool {
	f, err := fault.Parse(url.Values{name: values})
	return err != nil || !cmp.Equal(f, fault.Faults{}, cmp.AllowUnexported(fault.Faults{}))
}

// written returns spans as chattier instrumentations than ours make them: with address, query and baggage.
func written(spans tracetest.SpanStubs, path string) tracetest.SpanStubs {
	_, query, _ := strings.Cut(path, "?")
	told := slices.Clone(spans)
	for i, s := range told {
		if s.Parent.SpanID().IsValid() {
			continue
		}
		more := []attribute.KeyValue{
			attribute.String("url.full", "http://localhost:8080"+path), attribute.String("http.target", path), attribute.String("url.query", query),
		}
		for pair := range strings.SplitSeq(query, "&") {
			if name, value, ok := strings.Cut(pair, "="); ok && understood(name, value) {
				more = append(more, attribute.String("baggage.spanwise."+name, value))
			}
		}
		told[i].Attributes = append(slices.Clone(s.Attributes), more...)
	}
	return told
}

func diagnosed(t *testing.T, document []byte) []doctor.Report {
	traces, err := read.All(bytes.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	return doctor.DiagnoseAll(traces)
}
