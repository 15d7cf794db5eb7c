package read

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
)

// Services lists the services that have traces, sorted.
func (c *Client) Services(ctx context.Context) ([]string, error) {
	return c.services(ctx, "/api/v3/services", "/api/services")
}

// Services lists the services that have traces, sorted. A Tempo may list only those of recent traces.
func (c *TempoClient) Services(ctx context.Context) ([]string, error) {
	return c.services(ctx, "/api/v2/search/tag/resource.service.name/values", "/api/search/tag/service.name/values")
}

// services asks at the newer address, then at the older one.
func (s *server) services(ctx context.Context, addresses ...string) ([]string, error) {
	var misses []string
	for _, address := range addresses {
		names, err := s.names(ctx, address)
		stranger := strangerError("")
		switch {
		case errors.As(err, &stranger):
			misses = append(misses, s.miss(address, stranger))
		case err != nil:
			return nil, err
		default:
			slices.Sort(names)
			return slices.Compact(names), nil
		}
	}
	return nil, s.stranger(ctx, misses)
}

// names reads a response that lists names.
func (s *server) names(ctx context.Context, address string) ([]string, error) {
	resp, body, err := s.open(ctx, address)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	const most = 16 << 20 // bytes
	var answer map[string]json.RawMessage
	if err := json.NewDecoder(&limited{r: body, left: most}).Decode(&answer); err != nil {
		return nil, s.unreachable(err)
	}
	names, ok := namesIn(answer)
	if !ok || resp.StatusCode != http.StatusOK {
		return nil, stranger(resp, " without services")
	}
	return names, nil
}

// namesIn finds the names in an answer: of Jaeger's API (services in version 3, which leaves an empty list out; data in the older one), or of
// Tempo's (tagValues, in newer ones with their types).
func namesIn(answer map[string]json.RawMessage) (names []string, ok bool) {
	for _, key := range []string{"services", "data"} {
		if list, found := answer[key]; found {
			err := json.Unmarshal(list, &names)
			return names, err == nil
		}
	}
	list, found := answer["tagValues"]
	if !found {
		return nil, len(answer) == 0
	}
	if json.Unmarshal(list, &names) == nil {
		return names, true
	}
	var typed []struct{ Value string }
	err := json.Unmarshal(list, &typed)
	names = nil
	for _, v := range typed {
		names = append(names, v.Value)
	}
	return names, err == nil
}
