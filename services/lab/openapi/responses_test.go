package openapi

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"spanwise/order/shoptest"
)

// An example is a request that gets a certain response: the extension x-request of that response.
type example struct {
	Path    string            `json:"path"`
	Headers map[string]string `json:"headers"`
	Body    json.RawMessage   `json:"body"`
}

// Every documented response but the default has an example, whose answer has that status, a documented content type, and a body
// of the documented form. The requests that succeed have the documented form, too.
func TestResponses(t *testing.T) {
	openapi3filter.RegisterBodyDecoder("application/x-ndjson", openapi3filter.FileBodyDecoder)
	for _, service := range services {
		shop, doc := shoptest.Start(t, nil, true), load(t, service)
		for _, schema := range doc.Components.Schemas {
			forbidOthers(schema.Value)
		}
		for _, path := range doc.Paths.InMatchingOrder() {
			item := doc.Paths.Value(path)
			for _, method := range slices.Sorted(maps.Keys(item.Operations())) {
				op := item.Operations()[method]
				route := &routers.Route{Spec: doc, Path: path, PathItem: item, Method: method, Operation: op}
				for _, status := range slices.Sorted(maps.Keys(op.Responses.Map())) {
					if status != "default" {
						t.Run(service+" "+method+" "+path+" "+status, func(t *testing.T) {
							check(t, shop, "http://"+service, route, op.Responses.Value(status).Value, status)
						})
					}
				}
			}
		}
	}
}

func check(t *testing.T, shop *shoptest.Shop, base string, route *routers.Route, response *openapi3.Response, status string) {
	text, err := json.Marshal(response.Extensions["x-request"])
	if err != nil {
		t.Fatal(err)
	}
	var ex example
	if err := json.Unmarshal(text, &ex); err != nil || ex.Path == "" {
		t.Fatalf("got the example %s, %v, want one with a path", text, err)
	}
	for _, media := range response.Content {
		forbidOthers(media.Schema.Value)
	}
	r := newRequest(t, route.Method, base, ex)
	input := &openapi3filter.RequestValidationInput{Request: r, PathParams: pathParams(route.Path, r.URL.Path), Route: route}
	if strings.HasPrefix(status, "2") {
		if err := openapi3filter.ValidateRequest(t.Context(), input); err != nil {
			t.Errorf("the request is not as documented: %v", err)
		}
	}
	resp, err := shop.Client.Do(newRequest(t, route.Method, base, ex))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got := resp.Status[:3]; got != status {
		t.Fatalf("got %s %s, want %s", resp.Status, body, status)
	}
	answer := &openapi3filter.ResponseValidationInput{RequestValidationInput: input, Status: resp.StatusCode, Header: resp.Header}
	if err := openapi3filter.ValidateResponse(t.Context(), answer.SetBodyBytes(body)); err != nil {
		t.Errorf("%s: the response is not as documented: %v", body, err)
	}
}

func newRequest(t *testing.T, method, base string, ex example) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, base+ex.Path, bytes.NewReader(ex.Body))
	if err != nil {
		t.Fatal(err)
	}
	if len(ex.Body) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, value := range ex.Headers {
		r.Header.Set(name, value)
	}
	return r
}

// pathParams returns what stands in a path where its template has names.
func pathParams(template, path string) map[string]string {
	params := make(map[string]string)
	parts := strings.Split(path, "/")
	for i, part := range strings.Split(template, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok && i < len(parts) {
			params[strings.TrimSuffix(name, "}")] = parts[i]
		}
	}
	return params
}

// forbidOthers makes a field that the document does not describe an error.
func forbidOthers(s *openapi3.Schema) {
	if s == nil {
		return
	}
	if len(s.Properties) > 0 {
		no := false
		s.AdditionalProperties = openapi3.AdditionalProperties{Has: &no}
	}
	for _, p := range s.Properties {
		forbidOthers(p.Value)
	}
	if s.Items != nil {
		forbidOthers(s.Items.Value)
	}
}
