// Package tracetest draws traces as text, so that a test case can be read at a glance. Call [Parse].
//
// One line is one span, indented below its parent:
//
//	trace t1
//	books: GET /books/{id} [server 0 120ms]
//	  books: GET [client 3ms 7ms url.full=http://authors/authors/{i} x12 +8ms]
//	    authors: GET /authors/{id} [server 4ms 5ms http.route=/authors/{id}]
//
// A span is its service, its name, and in brackets its kind ("-" if unknown), its start and its duration; then attributes. One with spaces
// stands in double quotes, and says \" for a quote and \n for a new line of its own. Words that mean
// more: error (status ERROR), host=…, id=…, parent=… (to name a parent elsewhere or none that exists), link=trace/span, @5ms:name (an event), and
// xN +D, which repeats the span with all below it N times, D apart, {i} counting from 1 in names and values.
// Spans get the ids a, b, c, … in the order of their lines. A new trace begins with a line "trace ID", and may begin later than
// the others: "trace ID +5s".
package tracetest

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"spanwise/doctor/trace"
)

// Epoch is when a sketch's time 0 is, in µs since the Unix epoch.
const Epoch = 1_700_000_000_000_000

// Parse reads a sketch; see the package's comment for its form.
func Parse(text string) ([]*trace.Trace, error) {
	drawings, err := Draw(text)
	if err != nil {
		return nil, err
	}
	var traces []*trace.Trace
	for _, d := range drawings {
		traces = append(traces, trace.New(d.ID, d.Spans))
	}
	trace.ResolveCallees(traces...) // as a reader does
	return traces, nil
}

// A Drawing is a trace's spans as the sketch has them: nothing is mended, and no clock put right, as [trace.New] does.
type Drawing struct {
	ID    string
	Spans []*trace.Span
}

// Draw reads a sketch whose spans are to be changed before they become traces.
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

// A node is one line of a sketch, before it is repeated.
type node struct {
	depth    int
	span     trace.Span
	times    int
	step     int64
	children []*node
}

type parser struct {
	drawings []Drawing
	id       string
	shift    int64
	top      []*node
	stack    []*node
	spans    []*trace.Span
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
	for len(p.stack) > 0 && p.stack[len(p.stack)-1].depth >= n.depth {
		p.stack = p.stack[:len(p.stack)-1]
	}
	if len(p.stack) == 0 {
		p.top = append(p.top, n)
	} else {
		parent := p.stack[len(p.stack)-1]
		parent.children = append(parent.children, n)
	}
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
	n.span = trace.Span{Service: service, Name: name, Kind: kind, Attrs: map[string]string{}}
	var err error
	if n.span.Start, err = micros(words[1]); err != nil {
		return nil, err
	}
	if n.span.Duration, err = micros(words[2]); err != nil {
		return nil, err
	}
	for _, w := range words[3:] {
		if err := n.word(w); err != nil {
			return nil, err
		}
	}
	return n, nil
}

var kinds = map[string]trace.Kind{
	"-": trace.Unknown, "internal": trace.Internal, "server": trace.Server, "client": trace.Client,
	"producer": trace.Producer, "consumer": trace.Consumer,
}

// word takes what stands behind the duration.
func (n *node) word(w string) (err error) {
	key, value, pair := strings.Cut(w, "=")
	switch {
	case w == "error":
		n.span.Error = true
	case strings.HasPrefix(w, "@"):
		at, name, _ := strings.Cut(w[1:], ":")
		var t int64
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
		n.span.Attrs[key] = value
	default:
		err = fmt.Errorf("cannot read %q", w)
	}
	return err
}

// finish ends the trace that the lines so far describe.
func (p *parser) finish() {
	if len(p.top) == 0 {
		return
	}
	p.spans = nil
	for _, n := range p.top {
		p.place(n, "", Epoch+p.shift, 1)
	}
	if p.id == "" {
		p.id = "t"
	}
	p.drawings = append(p.drawings, Drawing{p.id, p.spans})
	p.top, p.stack, p.id, p.shift = nil, nil, "", 0
}

// place adds a node's spans, and those below it, as often as it is repeated.
func (p *parser) place(n *node, parent string, shift int64, turn int) {
	for i := range n.times {
		if n.times > 1 {
			turn = i + 1
		}
		at := shift + int64(i)*n.step
		s := n.span
		s.Start += at
		s.Name = count(s.Name, turn)
		s.Attrs = map[string]string{}
		for k, v := range n.span.Attrs {
			s.Attrs[k] = count(v, turn)
		}
		s.Events = nil
		for _, e := range n.span.Events {
			e.Time += at
			s.Events = append(s.Events, e)
		}
		if s.ID == "" {
			s.ID = name(len(p.spans))
		}
		if s.ParentID == "" {
			s.ParentID = parent
		}
		p.spans = append(p.spans, &s)
		for _, c := range n.children {
			p.place(c, s.ID, at, turn)
		}
	}
}

func count(text string, turn int) string { return strings.ReplaceAll(text, "{i}", strconv.Itoa(turn)) }

// name is a, b, …, z, aa, ab, …
func name(n int) string {
	if n < 26 {
		return string(rune('a' + n))
	}
	return name(n/26-1) + name(n%26)
}

// micros reads 0, 12, 5ms, 1.5s, -200µs; a number alone is µs.
func micros(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, nil
	}
	d, err := time.ParseDuration(text)
	return d.Microseconds(), err
}

// split cuts at spaces outside double quotes, and takes the quotes away; \" is a quote and \n a new line of the value itself.
func split(text string) (words []string) {
	var b strings.Builder
	quoted, escaped := false, false
	for _, r := range text + " " {
		switch {
		case escaped && r == 'n':
			b.WriteByte('\n')
			escaped = false
		case escaped:
			b.WriteRune(r)
			escaped = false
		case r == '\\':
			escaped = true
		case r == '"':
			quoted = !quoted
		case r == ' ' && !quoted:
			if b.Len() > 0 {
				words = append(words, b.String())
				b.Reset()
			}
		default:
			b.WriteRune(r)
		}
	}
	return words
}
