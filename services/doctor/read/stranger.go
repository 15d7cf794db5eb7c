package read

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
)

// miss describes the response to an address that the server does not know.
func (s *server) miss(address string, what strangerError) string {
	path, _, _ := strings.Cut(address, "?")
	return fmt.Sprintf("%s answered %s", path, string(what))
}

// portHint is what the server's port says about it, unless it is the usual one.
func (s *server) portHint() string {
	u, err := url.Parse(s.base)
	if err != nil || s.product == "jaeger" && u.Port() == "16686" || s.product == "tempo" && u.Port() == "3200" {
		return ""
	}
	return portsOf[u.Port()]
}

// portsOf says what usually listens where people look for traces, and what to do then.
var portsOf = map[string]string{
	"3000":  "port 3000 is Grafana's; paste the address of the page that shows the trace, or use -tempo or -jaeger with the address of the data source",
	"3200":  "port 3200 is Tempo's; try: -tempo URL",
	"4317":  "port 4317 receives spans; Jaeger answers queries at port 16686, Tempo at 3200",
	"4318":  "port 4318 receives spans; Jaeger answers queries at port 16686, Tempo at 3200",
	"9411":  "port 9411 is Zipkin's; try: curl -s URL/api/v2/trace/TRACE_ID | doctor -",
	"14250": "port 14250 receives spans; Jaeger answers queries at port 16686",
	"14268": "port 14268 receives spans; Jaeger answers queries at port 16686",
	"16685": "port 16685 answers gRPC only; Jaeger answers over HTTP at port 16686",
	"16686": "port 16686 is Jaeger's; try: -jaeger URL",
}

// stranger is the error for a server that has another API than the one it was asked for: with what it seems to be, if that is known.
func (s *server) stranger(ctx context.Context, misses []string) error {
	product := strings.ToUpper(s.product[:1]) + s.product[1:]
	next := cmp.Or(s.portHint(), "try: -"+s.product+" URL")
	if s.product == "jaeger" && s.isTempo(ctx) {
		next = "this is a Tempo; try: -tempo " + s.name
	}
	return Advise(next, "no %s API at %s: %s", product, s.name, strings.Join(misses, ", "))
}

// isTempo reports whether the server answers as Tempo's documentation says.
func (s *server) isTempo(ctx context.Context) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+"/api/echo", nil)
	if err != nil {
		return false
	}
	maps.Copy(req.Header, s.header)
	resp, err := s.http.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 100))
	return resp.StatusCode == http.StatusOK && strings.TrimSpace(string(text)) == "echo"
}
