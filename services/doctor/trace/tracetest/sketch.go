// Package tracetest makes traces from text, so that a test case can be read at a glance. Call [Parse].
//
// Each line is a span, indented below its parent:
//
//	trace t1
//	books: GET /books/{id} [server 0 120ms]
//	  books: GET [client 3ms 7ms url.full=http://authors/authors/{i} x12 +8ms]
//	    authors: GET /authors/{id} [server 4ms 5ms http.route=/authors/{id}]
//
// A line has the span's service, its name, and in brackets its kind ("-" if unknown), start and duration, followed by attributes. An
// attribute with spaces must be in double quotes; inside them, \" is a quote and \n a newline. Some words are not attributes:
//
//	error            the status is ERROR
//	host=… id=…      the host and the id; by default the ids are a, b, c, … in the order of the lines
//	parent=…         the id of a parent elsewhere, or of one that is missing
//	link=trace/span  a link
//	@5ms:name        an event
//	@key=value       an attribute of the event before it
//	xN +D            repeats the span and all below it N times, D apart; {i} in names and values counts from 1
//
// A line "trace ID" begins a new trace. "trace ID +5s" shifts its spans by 5 s.
package tracetest

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"spanwise/doctor/trace"
)

// Epoch is time 0 of a sketch, in µs since the Unix epoch.
const Epoch = 1_700_000_000_000_000

// Parse makes the traces of a sketch; the package comment describes its syntax.
func Parse(text string) ([]*trace.Trace, error) {
	drawings, err := Draw(text)
	if err != nil {
		return nil, err
	}
	var traces []*trace.Trace
	for _, d := range drawings {
		traces = append(traces, trace.New(d.ID, d.Spans))
	}
	traces = trace.Unite(traces) // as readers do
	trace.ResolveCallees(traces...)
	return traces, nil
}

// A Drawing holds the spans of a trace exactly as in the sketch, before [trace.New] repairs them and corrects their clocks.
type Drawing struct {
	ID    string
	Spans []*trace.Span
}

// Draw makes the spans of a sketch, for tests that change them before they become traces.
func Draw(text string) ([]Drawing, error) {
	p := parser{}
	for n, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := p.line(line); err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
	}
	p.finish()
	return p.drawings, nil
}

// A node is one line of a sketch.
type node struct {
	depth    int
	span     trace.Span
	times    int
	step     trace.Micros
	children []*node
}

type parser struct {
	drawings []Drawing
	id       string
	shift    trace.Micros
	stack    []*node // the trace, and the last line at each depth below it
}

func (p *parser) line(line string) error {
	if rest, ok := strings.CutPrefix(line, "trace "); ok {
		p.finish()
		id, shift, _ := strings.Cut(rest, " +")
		p.id = id
		var err error
		p.shift, err = micros(shift)
		return err
	}
	n, err := parseNode(line)
	if err != nil {
		return err
	}
	if p.stack == nil {
		p.stack = []*node{{depth: -1}}
	}
	for p.stack[len(p.stack)-1].depth >= n.depth {
		p.stack = p.stack[:len(p.stack)-1]
	}
	parent := p.stack[len(p.stack)-1]
	parent.children = append(parent.children, n)
	p.stack = append(p.stack, n)
	return nil
}

func parseNode(line string) (*node, error) {
	text := strings.TrimLeft(line, " ")
	n := &node{depth: len(line) - len(text), times: 1}
	service, rest, ok := strings.Cut(text, ": ")
	name, inside, ok2 := strings.Cut(rest, " [")
	if !ok || !ok2 || !strings.HasSuffix(inside, "]") {
		return nil, fmt.Errorf("%q is not `service: name [kind start duration …]`", text)
	}
	words := split(strings.TrimSuffix(inside, "]"))
	if len(words) < 3 {
		return nil, fmt.Errorf("%q needs a kind, a start and a duration", text)
	}
	kind, ok := kinds[words[0]]
	if !ok {
		return nil, fmt.Errorf("unknown kind %q", words[0])
	}
	n.span = trace.Span{Service: service, Name: name, Kind: kind}
	var err error
	if n.span.Start, err = micros(words[1]); err != nil {
		return nil, err
	}
	if n.span.Duration, err = micros(words[2]); err != nil {
		return nil, err
	}
	for _, w := range words[3:] {
		if err := n.attribute(w); err != nil {
			return nil, err
		}
	}
	return n, nil
}

var kinds = map[string]trace.Kind{
	"-": trace.Unknown, "internal": trace.Internal, "server": trace.Server, "client": trace.Client,
	"producer": trace.Producer, "consumer": trace.Consumer,
}

// attribute reads a word after the duration.
func (n *node) attribute(w string) (err error) {
	key, value, pair := strings.Cut(w, "=")
	switch {
	case w == "error":
		n.span.Error = true
	case strings.HasPrefix(w, "@") && pair:
		if len(n.span.Events) == 0 {
			return fmt.Errorf("%q follows no event", w)
		}
		n.span.Events[len(n.span.Events)-1].Attrs.Set(key[1:], value)
	case strings.HasPrefix(w, "@"):
		at, name, _ := strings.Cut(w[1:], ":")
		var t trace.Micros
		t, err = micros(at)
		n.span.Events = append(n.span.Events, trace.Event{Time: t, Name: name})
	case strings.HasPrefix(w, "x") && !pair:
		n.times, err = strconv.Atoi(w[1:])
	case strings.HasPrefix(w, "+") && !pair:
		n.step, err = micros(w[1:])
	case key == "host":
		n.span.Host = value
	case key == "id":
		n.span.ID = value
	case key == "parent":
		n.span.ParentID = value
	case key == "link":
		other, span, _ := strings.Cut(value, "/")
		n.span.Links = append(n.span.Links, trace.Link{TraceID: other, SpanID: span})
	case pair:
		n.span.Attrs.Set(key, value)
	default:
		err = fmt.Errorf("cannot read %q", w)
	}
	return err
}

// finish ends the trace that the lines so far describe.
func (p *parser) finish() {
	if p.stack == nil {
		return
	}
	d := Drawing{ID: cmp.Or(p.id, "t")}
	for _, n := range p.stack[0].children {
		d.add(n, "", Epoch+p.shift, 1)
	}
	*p = parser{drawings: append(p.drawings, d)}
}

// add adds the spans of a node and of those below it, as often as they are repeated. {i} becomes number, unless the node itself is repeated.
func (d *Drawing) add(n *node, parent string, shift trace.Micros, number int) {
	for i := range n.times {
		if n.times > 1 {
			number = i + 1
		}
		at := shift + trace.Micros(i)*n.step
		s := n.span
		s.Start += at
		s.Name = numbered(s.Name, number)
		s.Attrs = slices.Clone(n.span.Attrs)
		for i, a := range s.Attrs {
			s.Attrs[i].Value = numbered(a.Value, number)
		}
		s.Events = nil
		for _, e := range n.span.Events {
			e.Time += at
			s.Events = append(s.Events, e)
		}
		if s.ID == "" {
			s.ID = idOf(len(d.Spans))
		}
		if s.ParentID == "" {
			s.ParentID = parent
		}
		d.Spans = append(d.Spans, &s)
		for _, c := range n.children {
			d.add(c, s.ID, at, number)
		}
	}
}

func numbered(text string, i int) string { return strings.ReplaceAll(text, "{i}", strconv.Itoa(i)) }

// idOf is a, b, …, z, aa, ab, …
func idOf(n int) string {
	if n < 26 {
		return string(rune('a' + n))
	}
	return idOf(n/26-1) + idOf(n%26)
}

// micros reads 0, 12, 5ms, 1.5s or -200µs; a number without a unit is µs.
func micros(text string) (trace.Micros, error) {
	if text == "" {
		return 0, nil
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return trace.Micros(n), nil
	}
	d, err := time.ParseDuration(text)
	return trace.Micros(d.Microseconds()), err
}

// split splits at spaces outside double quotes, and removes the quotes. \" is a quote and \n a newline.
func split(text string) []string {
	words := word.FindAllString(text, -1)
	for i, w := range words {
		words[i] = unquote.Replace(w)
	}
	return words
}

var (
	word    = regexp.MustCompile(`([^ "]|"(\\.|[^"\\])*")+`)
	unquote = strings.NewReplacer(`\"`, `"`, `\n`, "\n", `"`, "")
)
