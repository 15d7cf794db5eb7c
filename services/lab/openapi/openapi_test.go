package openapi

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"spanwise/internal/fault"
	"spanwise/order/shoptest"
)

var update = flag.Bool("update", false, "write the generated part of the documents")

var services = []string{"inventory", "order", "pricing"}

func file(service string) string { return filepath.Join("..", "..", service, "openapi.yaml") }

// load returns a service's document.
func load(t *testing.T, service string) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile(file(service))
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatalf("%s: %v", file(service), err)
	}
	return doc
}

// The parameters that slow a request down are those of the code.
func TestTables(t *testing.T) {
	place := regexp.MustCompile(`(?s)    # faults: [^\n]*\n(.*)    # end of faults\n`)
	for _, service := range services {
		text, err := os.ReadFile(file(service))
		if err != nil {
			t.Fatal(err)
		}
		at := place.FindSubmatchIndex(text)
		if at == nil {
			t.Fatalf("%s has no place for the parameters", file(service))
		}
		want := string(text[:at[2]]) + faults() + string(text[at[3]:])
		switch diff := cmp.Diff(want, string(text)); {
		case diff == "":
		case !*update:
			t.Errorf("%s (-want +got; make docs writes it):\n%s", file(service), diff)
		default:
			if err := os.WriteFile(file(service), []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// faults is the schema of the parameters. JSON is YAML.
func faults() string {
	var b strings.Builder
	b.WriteString("    Faults:\n      type: object\n      properties:\n")
	for _, p := range fault.Parameters() {
		schema := map[string]any{"type": "string", "description": p.Does}
		if p.Choice {
			schema["enum"], schema["default"] = p.Values, p.Values[0]
		} else {
			schema["examples"] = p.Values
		}
		text, err := json.Marshal(schema)
		if err != nil {
			panic(err) // there are only strings
		}
		fmt.Fprintf(&b, "        %s: %s\n", p.Name, text)
	}
	return b.String()
}

// Every route of a service is in its document, and the other way round.
func TestRoutes(t *testing.T) {
	routes := shoptest.Start(t, nil, true).Routes()
	for _, service := range services {
		var documented []string
		for path, item := range load(t, service).Paths.Map() {
			for method := range item.Operations() {
				documented = append(documented, method+" "+path)
			}
		}
		slices.Sort(documented)
		slices.Sort(routes[service])
		if diff := cmp.Diff(routes[service], documented); diff != "" {
			t.Errorf("%s (-routes +documented):\n%s", service, diff)
		}
	}
}

// A service accepts the query parameters in its document, and no other.
func TestParameters(t *testing.T) {
	shop := shoptest.Start(t, nil, true)
	documented := make(map[string][]string) // the services that have a parameter
	for _, service := range services {
		for _, item := range load(t, service).Paths.Map() {
			for _, op := range item.Operations() {
				for _, p := range op.Parameters {
					if p.Value.In == openapi3.ParameterInQuery && p.Value.Name != "faults" {
						documented[p.Value.Name] = append(documented[p.Value.Name], service)
					}
				}
			}
		}
	}
	for name, in := range documented {
		for _, service := range services {
			want := http.StatusBadRequest
			if slices.Contains(in, service) {
				want = http.StatusOK
			}
			shop.Must(want, "GET http://"+service+"/openapi.yaml?"+name+"=1", "")
		}
	}
}
