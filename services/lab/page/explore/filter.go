package explore

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"spanwise/doctor/trace"
	"spanwise/internal/problem"
)

// A Filter says which traces a list shows. Its address is [Filter.Query].
type Filter struct {
	Service  string        // a service that took part; any if empty
	Min, Max time.Duration // of the trace; 0 for no limit
	Errors   bool          // only traces with a failed span
	Tag      string        // an attribute that a span has, as name=value; none if empty
	Last     time.Duration // how far back
	Before   time.Time     // only traces that began before; zero for the newest
}

// Periods are the choices of how far back a list goes.
var Periods = []string{"5m", "15m", "1h", "6h", "24h", "168h"}

const usualPeriod = time.Hour

// maxPeriod bounds a search: Jaeger looks at every day of it.
const maxPeriod = 31 * 24 * time.Hour

// ParseFilter reads the query of a list's address. Empty values are as good as none.
func ParseFilter(q url.Values) (Filter, error) {
	f := Filter{Service: q.Get("service"), Errors: q.Get("error") != "" && q.Get("error") != "0", Tag: strings.TrimSpace(q.Get("tag")), Last: usualPeriod}
	for name, d := range map[string]*time.Duration{"min": &f.Min, "max": &f.Max, "last": &f.Last} {
		text := strings.ReplaceAll(strings.TrimSpace(q.Get(name)), " ", "")
		if text == "" {
			continue
		}
		parsed, err := time.ParseDuration(text)
		if err != nil || parsed <= 0 {
			return f, problem.Invalid("%s: %q is not a duration (try: 50ms, 1.5s or 15m)", name, q.Get(name))
		}
		*d = parsed
	}
	if f.Last > maxPeriod {
		return f, problem.Invalid("last: %s is longer than 31 days (try: 24h)", q.Get("last"))
	}
	if f.Max > 0 && f.Min > f.Max {
		return f, problem.Invalid("min: %s is longer than max, %s", q.Get("min"), q.Get("max"))
	}
	if name, _, found := strings.Cut(f.Tag, "="); f.Tag != "" && (!found || strings.TrimSpace(name) == "") {
		return f, problem.Invalid("tag: %q is not an attribute and its value (try: shop.order.id=50)", f.Tag)
	}
	if text := q.Get("before"); text != "" {
		us, err := strconv.ParseInt(text, 10, 64)
		if err != nil || us <= 0 {
			return f, problem.Invalid("before: %q is not a time in microseconds since 1970", text)
		}
		f.Before = time.UnixMicro(us)
	}
	return f, nil
}

// Query is the canonical query of a filter's address; empty for the newest traces of every service.
func (f Filter) Query() string {
	q := url.Values{}
	set := func(name, value string, there bool) {
		if there {
			q.Set(name, value)
		}
	}
	set("service", f.Service, f.Service != "")
	set("min", Span(f.Min), f.Min > 0)
	set("max", Span(f.Max), f.Max > 0)
	set("error", "1", f.Errors)
	set("tag", f.Tag, f.Tag != "")
	set("last", Span(f.Last), f.Last != usualPeriod)
	if !f.Before.IsZero() {
		set("before", strconv.FormatInt(f.Before.UnixMicro(), 10), true)
	}
	return q.Encode()
}

// Span writes a duration without zeros: 15m, not 15m0s; "" for none.
func Span(d time.Duration) string {
	if d == 0 {
		return ""
	}
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// Attribute returns the name and the value of the tag.
func (f Filter) Attribute() (name, value string) {
	name, value, _ = strings.Cut(f.Tag, "=")
	return strings.TrimSpace(name), strings.Trim(strings.TrimSpace(value), `"`)
}

// Narrow reports whether some of the traces that Jaeger returns may not match.
func (f Filter) Narrow() bool { return f.Min > 0 || f.Max > 0 || f.Errors || f.Tag != "" }

// String describes the filter to a reader.
func (f Filter) String() string {
	var parts []string
	if f.Service != "" {
		parts = append(parts, "with "+f.Service)
	}
	if f.Min > 0 {
		parts = append(parts, "of at least "+Span(f.Min))
	}
	if f.Max > 0 {
		parts = append(parts, "of at most "+Span(f.Max))
	}
	if f.Errors {
		parts = append(parts, "with an error")
	}
	if f.Tag != "" {
		parts = append(parts, "with "+f.Tag)
	}
	return strings.TrimSpace(strings.Join(parts, ", ") + fmt.Sprintf(" in the last %s", Span(f.Last)))
}

// matches reports whether a trace is one of those to show. Jaeger has already compared the service.
func (f Filter) matches(t *trace.Trace, s Summary) bool {
	d := s.Duration.Duration()
	if d < f.Min || f.Max > 0 && d > f.Max || f.Errors && s.Errors == 0 {
		return false
	}
	return f.Tag == "" || f.tagged(t)
}

// tagged reports whether a span, or an event of it, has the attribute. Values are compared as text.
func (f Filter) tagged(t *trace.Trace) bool {
	name, value := f.Attribute()
	for _, s := range t.Spans {
		if f.Service != "" && s.Service != f.Service {
			continue
		}
		if v, found := s.Attrs.Lookup(name); found && v == value {
			return true
		}
		for _, e := range s.Events {
			if v, found := e.Attrs.Lookup(name); found && v == value {
				return true
			}
		}
	}
	return false
}
