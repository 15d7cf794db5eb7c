package main

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"spanwise/doctor/read"
)

// A target is what an argument names if it is not a file: a trace, or the traces of a service.
type target struct {
	product, base string // the server, if the argument says which
	id            string
	service       string // if it is a search
	from, to      time.Time
	unused        []string // what the search also asked for
}

// parseArgument reads a trace id, a trace context, or the address of a page that shows traces.
func parseArgument(arg string, now time.Time) (target, error) {
	if isAddress.MatchString(arg) {
		return parseAddress(arg, now)
	}
	id, err := fromContext(arg)
	if err != nil {
		return target{}, err
	}
	id = cmp.Or(id, strings.TrimPrefix(arg, "0x"))
	if err := foreign(id); err != nil {
		return target{}, err
	}
	if !read.IsTraceID(id) {
		return target{}, fmt.Errorf("%s: no such file, and not a trace id of up to 32 hex digits", arg)
	}
	return target{id: id}, nil
}

var isAddress = regexp.MustCompile(`^(?i:https?)://`)

// The addresses of pages and API responses. The first group is what comes before the path, behind a proxy.
var (
	jaegerTrace  = regexp.MustCompile(`^(.*)/trace/([^/]+)/?$`)
	apiTrace     = regexp.MustCompile(`^(.*)/api/(?:(v2|v3)/)?traces/([^/]+)$`)
	jaegerSearch = regexp.MustCompile(`^(.*)/search/?$`)
	zipkinTrace  = regexp.MustCompile(`^(.*?)(?:/zipkin)?(?:/traces|/api/v2/trace)/([^/]+)$`)
)

// parseAddress reads the address of a page of Jaeger's or Grafana's, or of an API response of Jaeger's or Tempo's.
func parseAddress(arg string, now time.Time) (target, error) {
	u, err := url.Parse(arg)
	if err != nil {
		return target{}, fmt.Errorf("not an address: %w", err)
	}
	if err := hostedPage(u); err != nil {
		return target{}, err
	}
	at := func(path string) string {
		return (&url.URL{Scheme: u.Scheme, User: u.User, Host: u.Host, Path: path}).String()
	}
	query := u.Query()
	if query.Has("panes") || query.Has("left") || query.Has("traceId") {
		return grafana(u, at)
	}
	if m := apiTrace.FindStringSubmatch(u.Path); m != nil {
		product := jaeger
		if m[2] == "v2" || u.Port() == "3200" {
			product = tempo
		}
		return withID(target{product: product, base: at(m[1])}, m[3])
	}
	if m := jaegerTrace.FindStringSubmatch(u.Path); m != nil && !strings.HasSuffix(m[1], "/api/v2") {
		return withID(target{product: jaeger, base: at(m[1])}, m[2])
	}
	if m := jaegerSearch.FindStringSubmatch(u.Path); m != nil && query.Has("service") {
		return search(target{product: jaeger, base: at(m[1])}, query, now)
	}
	if m := zipkinTrace.FindStringSubmatch(u.Path); m != nil {
		return target{}, fmt.Errorf("this is a page of Zipkin's (try: curl -s %s/api/v2/trace/%s | doctor -)", at(m[1]), m[2])
	}
	return target{}, fmt.Errorf("%s: not the address of a trace in Jaeger, Tempo or Grafana (try: the id of the trace, with -jaeger URL or -tempo URL)",
		u.Redacted())
}

// withID adds a trace id from an address. Jaeger's page of a comparison has two, separated by three dots.
func withID(t target, id string) (target, error) {
	if a, b, found := strings.Cut(id, "..."); found && read.IsTraceID(a) && read.IsTraceID(b) {
		return t, fmt.Errorf("this page compares two traces (try: doctor -%s %s -compare %s %s)", t.product, t.base, a, b)
	}
	if !read.IsTraceID(id) {
		return t, fmt.Errorf("%q, in the address, is not a trace id (want up to 32 hex digits)", id)
	}
	t.id = id
	return t, nil
}
