package mcp_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"spanwise/doctor/mcp"
	"spanwise/doctor/read"
	"spanwise/doctor/trace"
	"spanwise/doctor/trace/tracetest"
)

// A shelf is a source of traces by name. Its service is shop.
type shelf map[string]func() ([]*trace.Trace, error)

func (s shelf) Load(_ context.Context, name string, _ io.Writer) ([]*trace.Trace, error) {
	if open, ok := s[name]; ok {
		return open()
	}
	return nil, fmt.Errorf("%s: no such file", name)
}

func (s shelf) Find(ctx context.Context, service string, _ time.Duration, notes io.Writer) ([]*trace.Trace, error) {
	if service != "shop" {
		return nil, read.Advise("try: -service shop", "no traces of service %s", service)
	}
	io.WriteString(notes, "doctor: traces left out because they are still arriving: 1\n")
	return s.Load(ctx, "two", notes)
}

func (s shelf) Services(context.Context) ([]string, error) { return []string{"shop"}, nil }

// library has a trace with an N+1, two traces, and what is none.
var library = shelf{
	"books": func() ([]*trace.Trace, error) {
		file, err := os.Open("../report/testdata/books.json")
		if err != nil {
			return nil, err
		}
		defer file.Close()
		return read.All(file)
	},
	"two": func() ([]*trace.Trace, error) {
		return tracetest.Parse(`
trace t1
shop: GET / [server 0 120ms]
  shop: SELECT item [client 3ms 8ms db.system.name=sqlite "db.query.text=SELECT name FROM item WHERE id = {i}" x12 +9ms]
trace t2 +5s
shop: GET / [server 0 4ms]
  shop: read-config [- 1ms 2ms]
`)
	},
	"nothing": func() ([]*trace.Trace, error) { return read.All(strings.NewReader("hello")) },
}

// connect returns a client of a server that reads from source.
func connect(t *testing.T, source mcp.Source) *sdk.ClientSession {
	t.Helper()
	here, there := sdk.NewInMemoryTransports()
	if _, err := mcp.New(source, "test").Connect(t.Context(), here, nil); err != nil {
		t.Fatal(err)
	}
	client, err := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), there, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client
}

// call calls a tool and returns the text and the data of its answer.
func call(t *testing.T, client *sdk.ClientSession, tool string, arguments map[string]any) (text string, data map[string]any, failed bool) {
	t.Helper()
	result, err := client.CallTool(t.Context(), &sdk.CallToolParams{Name: tool, Arguments: arguments})
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Content) != 1 {
		t.Fatalf("%s answered with %d contents, want 1", tool, len(result.Content))
	}
	encoded, err := json.Marshal(result.StructuredContent)
	if err == nil {
		err = json.Unmarshal(encoded, &data)
	}
	if err != nil {
		t.Fatal(err)
	}
	if size := len(encoded); size > mcp.MaxData {
		t.Errorf("%s %v: %d bytes of data, want at most %d", tool, arguments, size, mcp.MaxData)
	}
	text = result.Content[0].(*sdk.TextContent).Text
	if len(text) > mcp.MaxText {
		t.Errorf("%s %v: %d bytes of text, want at most %d", tool, arguments, len(text), mcp.MaxText)
	}
	return text, data, result.IsError
}

// A client sees five tools, all of them read-only, and is told which one to call first.
func TestTools(t *testing.T) {
	client := connect(t, library)
	list, err := client.ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(list.Tools); n != 5 {
		t.Errorf("%d tools, want 5", n)
	}
	for _, tool := range list.Tools {
		if !tool.Annotations.ReadOnlyHint || tool.Annotations.OpenWorldHint == nil || *tool.Annotations.OpenWorldHint {
			t.Errorf("%s is not declared to be read-only and to read from a closed world", tool.Name)
		}
		if !strings.Contains(client.InitializeResult().Instructions, tool.Name) {
			t.Errorf("the instructions do not say when to call %s", tool.Name)
		}
	}
	if schemas, _ := json.Marshal(list.Tools); len(schemas) > 6000 { // they take room in every conversation
		t.Errorf("the tools' descriptions take %d bytes", len(schemas))
	}
}

// Each tool answers with text, and with data that has the same findings.
func TestAnswers(t *testing.T) {
	client := connect(t, library)
	for name, c := range map[string]struct {
		tool      string
		arguments map[string]any
		want      []string // in the text
		key       string   // of the data
	}{
		"one trace": {"diagnose_traces", map[string]any{"traces": []string{"books"}}, []string{
			"trace 4bf92f3577b34da6a3ce929d0e0e4736, 44 spans from 4 services", "  GET [1]  24.1 ms ×12  70 %", "1. n-plus-one in web: GET /books → authors",
			"saves 246 to 270 ms", "   Unless  ", `("all" lists them)`, `Next: explain_kind with "n-plus-one"`}, "reports"},
		"the same trace twice": {"diagnose_traces", map[string]any{"traces": []string{"books", "books"}}, []string{"44 spans from 4 services"}, "reports"},
		"with everything":      {"diagnose_traces", map[string]any{"traces": []string{"books"}, "all": true}, []string{"- slow-dependency in "}, "reports"},
		"only one of a file":   {"diagnose_traces", map[string]any{"traces": []string{"books"}, "only": "4BF92F3577B34DA6A3CE929D0E0E4736"}, []string{"44 spans"}, "reports"},
		"several traces": {"diagnose_traces", map[string]any{"traces": []string{"books", "two"}}, []string{
			"traces", "The slowest traces:", "Next: diagnose_traces with one of these ids."}, "worst"},
		"a service": {"find_worst_traces", map[string]any{"service": "shop", "last": "2h"}, []string{
			"2 traces", "n-plus-one in shop", "The slowest traces:", "still arriving: 1"}, "worst"},
		"services":    {"list_services", nil, []string{"shop", "Next: find_worst_traces"}, "services"},
		"a kind":      {"explain_kind", map[string]any{"kind": "N plus one"}, []string{"What can mislead it:", "An example:"}, ""},
		"all kinds":   {"explain_kind", nil, []string{"n-plus-one", "clock-skew"}, "kinds"},
		"differences": {"compare_traces", map[string]any{"before": "books", "after": "books"}, []string{"No significant differences."}, "differences"},
	} {
		t.Run(name, func(t *testing.T) {
			text, data, failed := call(t, client, c.tool, c.arguments)
			if failed {
				t.Fatal(text)
			}
			for _, want := range c.want {
				if !strings.Contains(text, want) {
					t.Errorf("%q is not in the answer:\n%s", want, text)
				}
			}
			for _, never := range []string{"see -all", "doctor explain", "doctor -compare", "█"} {
				if strings.Contains(text, never) {
					t.Errorf("%q, which is for a terminal, is in the answer:\n%s", never, text)
				}
			}
			if _, found := data[c.key]; c.key != "" && !found {
				t.Errorf("no %q in the data: %v", c.key, data)
			}
		})
	}
}

// What is wrong with a call is an error of the tool, with what to do next, so that the model can correct itself.
func TestErrors(t *testing.T) {
	client := connect(t, library)
	for name, c := range map[string]struct {
		tool      string
		arguments map[string]any
		want      string
	}{
		"no traces":          {"diagnose_traces", map[string]any{"traces": []string{}}, "traces"},
		"not a list":         {"diagnose_traces", map[string]any{"traces": "books"}, `want "array"`},
		"an empty name":      {"diagnose_traces", map[string]any{"traces": []string{""}}, "want 1 to 20 trace ids, addresses or files"},
		"a missing file":     {"diagnose_traces", map[string]any{"traces": []string{"gone.json"}}, "gone.json: no such file"},
		"not a trace":        {"diagnose_traces", map[string]any{"traces": []string{"nothing"}}, "not JSON"},
		"not in it":          {"diagnose_traces", map[string]any{"traces": []string{"books"}, "only": "77"}, `trace "77" is not among the 1 that were read`},
		"an unknown service": {"find_worst_traces", map[string]any{"service": "x"}, "(advice for the doctor's command line: try: -service shop)"},
		"no service":         {"find_worst_traces", map[string]any{"service": ""}, "call list_services"},
		"no unit":            {"find_worst_traces", map[string]any{"service": "x", "last": "15"}, "want a number with a unit, such as 15m"},
		"an unknown kind":    {"explain_kind", map[string]any{"kind": "slow"}, "the kinds are n-plus-one, "},
		"one side":           {"compare_traces", map[string]any{"before": "books", "after": "gone.json"}, `"after": `},
		"an empty side":      {"compare_traces", map[string]any{"before": "books", "after": ""}, "want a trace id, an address or a file for each"},
		"a wrong argument":   {"list_services", map[string]any{"service": "x"}, "service"},
	} {
		t.Run(name, func(t *testing.T) {
			text, _, failed := call(t, client, c.tool, c.arguments)
			if !failed || !strings.Contains(text, c.want) {
				t.Errorf("failed is %t, want true, and the answer is %q, want %q in it", failed, text, c.want)
			}
		})
	}
}

// A source that panics makes a call fail, and not the server.
func TestPanicIsAnError(t *testing.T) {
	client := connect(t, broken{})
	if text, _, failed := call(t, client, "list_services", nil); !failed || !strings.Contains(text, "a bug") {
		t.Errorf("failed is %t and the answer is %q", failed, text)
	}
	if _, _, failed := call(t, client, "explain_kind", nil); failed {
		t.Error("the next call fails too")
	}
}

type broken struct{ shelf }

func (broken) Services(context.Context) ([]string, error) { panic(errors.New("oops")) }

// The documentation shows an answer as it is today.
func TestDocumentedAnswer(t *testing.T) {
	page, err := os.ReadFile("../../../docs/doctor.md")
	if err != nil {
		t.Fatal(err)
	}
	text, _, _ := call(t, connect(t, library), "diagnose_traces", map[string]any{"traces": []string{"books"}})
	if !strings.Contains(string(page), "```\n"+text+"```\n") {
		t.Errorf("docs/doctor.md does not have this answer:\n%s", text)
	}
}
