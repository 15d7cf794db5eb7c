package scenario_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"spanwise/doctor"
	"spanwise/doctor/read"
	"spanwise/internal/fault"
	"spanwise/lab/blind"
	"spanwise/lab/scenario"
	"spanwise/lab/scenario/scenariotest"
	"spanwise/order/shoptest"
)

// For no request of the catalogue does the doctor read a word that gives it away, whether our services wrote it into their
// spans or a chattier instrumentation would have; and its report is the same, to the byte, as if none had been written.
func TestDoctorIsBlind(t *testing.T) {
	forEach(t, func(t *testing.T, s scenario.Scenario, shop *shoptest.Shop) {
		words := giveaways(s)
		for _, v := range s.Variants() {
			scenariotest.Play(t, shop, s, v.Request)
			spans := shop.Spans.Spans()
			plain := scenariotest.OTLP(t, spans)
			chatty := scenariotest.OTLP(t, chatter(spans, parameters(t, s)))
			for name, document := range map[string][]byte{"as it is": plain, "chatty": chatty} {
				blinded, err := blind.JSON(document)
				if err != nil {
					t.Fatal(err)
				}
				for _, text := range texts(t, blinded) {
					for _, word := range words {
						if found := word.FindString(text); found != "" {
							t.Errorf("%s, %s: got %q in what the doctor reads: %s", v.Name, name, found, text)
						}
					}
				}
			}
			if !slices.ContainsFunc(texts(t, chatty), words[0].MatchString) {
				t.Errorf("%s: the chatter gives nothing away", v.Name)
			}
			if diff := cmp.Diff(diagnosed(t, plain), diagnosed(t, plain, blind.JSON)); diff != "" {
				t.Errorf("%s: the doctor uses what blinding takes out (-before +after):\n%s", v.Name, diff)
			}
			innocent := scenariotest.OTLP(t, chatter(spans, nil))
			if diff := cmp.Diff(diagnosed(t, innocent, blind.JSON), diagnosed(t, chatty, blind.JSON)); diff != "" {
				t.Errorf("%s: the doctor was not blind (-never written +written and taken out):\n%s", v.Name, diff)
			}
		}
	})
}

// forEach runs a test for all scenarios, in virtual time where they do not compute. Those that need a big catalogue or
// processes of their own to be slow leave the same spans without.
func forEach(t *testing.T, test func(*testing.T, scenario.Scenario, *shoptest.Shop)) {
	for _, s := range scenario.All() {
		t.Run(s.ID, func(t *testing.T) {
			if s.RealTime = s.RealTime || s.Processes; s.RealTime {
				test(t, s, shoptest.Start(t, nil, true))
				return
			}
			synctest.Test(t, func(t *testing.T) { test(t, s, shoptest.Start(t, nil, true)) })
		})
	}
}

// parameters are those that a scenario's requests give to the services.
func parameters(t *testing.T, s scenario.Scenario) url.Values {
	asked := url.Values{"fetch": {"each"}} // so that healthy scenarios have something to hide too
	for _, r := range append([]scenario.Request{s.Slow, s.Fixed}, s.Setup...) {
		_, text, _ := strings.Cut(r.Path, "?")
		query, err := url.ParseQuery(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range fault.Parameters() {
			if query.Has(p.Name) {
				asked[p.Name] = query[p.Name]
			}
		}
	}
	return asked
}

// giveaways match what would give away what was planted: any parameter of the services with any value, however it is written;
// faults, wherever that is not a common word; the scenario's name, and the words that the services use for faults.
func giveaways(s scenario.Scenario) []*regexp.Regexp {
	var names []string
	for _, p := range fault.Parameters() {
		names = append(names, p.Name)
	}
	list := []*regexp.Regexp{
		regexp.MustCompile(`(?i)(^|[^a-z_-])(` + strings.Join(names, "|") + `)(=|%3D|": ?\[?")`),
		regexp.MustCompile(`(?i)spanwise\.|baggage\.|fault|because the request asked`),
		regexp.MustCompile(`(order|inventory|pricing)(\.db|\.net)?(:|%3A)(\d+(ms|s|us)|503|reset|timeout)`),
	}
	if strings.Contains(s.ID, "-") && doctorKind(s.ID) == "" {
		list = append(list, regexp.MustCompile(s.ID))
	}
	return list
}

func doctorKind(id string) doctor.Kind {
	for _, k := range doctor.Kinds() {
		if string(k.Kind) == id {
			return k.Kind
		}
	}
	return ""
}

// texts are the distinct texts of a document, each after the name of its field or attribute: http.route=/orders.
func texts(t *testing.T, document []byte) []string {
	var v any
	if err := json.Unmarshal(document, &v); err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	var walk func(name string, v any)
	walk = func(name string, v any) {
		switch v := v.(type) {
		case string:
			all[name+"="+v] = true
		case []any:
			for _, item := range v {
				walk(name, item)
			}
		case map[string]any:
			if key, ok := v["key"].(string); ok {
				walk(key, v["value"])
				return
			}
			for field, item := range v {
				if field == "stringValue" {
					field = name
				}
				walk(field, item)
			}
		}
	}
	walk("", v)
	return slices.Sorted(maps.Keys(all))
}

// chatter returns spans as other instrumentations write them: with the address in names, attributes, events, messages and
// comments in SQL, each parameter by itself, and baggage. Without parameters it writes to the same places, but gives nothing away.
func chatter(spans tracetest.SpanStubs, asked url.Values) tracetest.SpanStubs {
	query := asked.Encode()
	plain, _ := url.QueryUnescape(query)
	address := "/orders/50"
	if plain != "" {
		address += "?" + plain
	}
	body, _ := json.Marshal(asked)
	var baggage, comment []string
	var single []attribute.KeyValue
	for name := range asked {
		baggage = append(baggage, "spanwise."+name+"="+url.QueryEscape(asked.Get(name)))
		comment = append(comment, name+"='"+url.QueryEscape(asked.Get(name))+"'")
		single = append(single, attribute.String("baggage.spanwise."+name, asked.Get(name)),
			attribute.String("http.request.query."+name, asked.Get(name)))
	}
	slices.Sort(baggage)
	slices.Sort(comment)
	more := append(single,
		attribute.String("url.full", "http://localhost:8080"+address), attribute.String("http.target", address), attribute.String("url.query", query),
		attribute.String("http.request.line", "GET "+address+" HTTP/1.1"), attribute.StringSlice("http.request.header.baggage", baggage),
		attribute.String("next", url.QueryEscape(address)), attribute.String("body", string(body)),
		attribute.String("comment", "SELECT 1 /*"+strings.Join(comment, ",")+"*/"),
	)
	chatty := slices.Clone(spans)
	for i, s := range chatty {
		if s.Parent.SpanID().IsValid() {
			continue
		}
		chatty[i].Attributes = append(slices.Clone(s.Attributes), more...)
		chatty[i].Name = s.Name + " " + address
		chatty[i].Status.Description += " " + address
		chatty[i].Events = append(slices.Clone(s.Events), sdktrace.Event{Name: "log", Attributes: more})
	}
	return chatty
}

func diagnosed(t *testing.T, document []byte, through ...func([]byte) ([]byte, error)) []doctor.Report {
	for _, change := range through {
		var err error
		if document, err = change(document); err != nil {
			t.Fatal(err)
		}
	}
	traces, err := read.All(bytes.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	return doctor.DiagnoseAll(traces)
}
