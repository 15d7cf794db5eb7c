package read

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
)

// lines reads the output of a program, in which spans stand among other lines: each is an object on one line, or on the lines from
// a { to a }. Several programs may write at once, if each of their lines begins with a name, as Docker Compose prints them. The lines may also
// be those of a container's log.
type lines struct {
	*records
	blocks map[string][]byte // the object that has begun, by the name before its lines
	parts  map[string][]byte // the line that has begun, by the stream of a container
	noise  int               // lines that are not part of a span
	broken int
	first  error // why the first broken object could not be read
}

// all reads the whole input.
func (l *lines) all(in *bufio.Reader) error {
	l.blocks, l.parts = map[string][]byte{}, map[string][]byte{}
	for {
		line, err := in.ReadBytes('\n')
		if err != nil && err != io.EOF && !cutOff(err) {
			return l.locate(err, 0)
		}
		l.contained(bytes.TrimRight(line, "\r\n"), err == nil)
		l.before += int64(len(line))
		if full := l.tooMany(); full != nil {
			return l.locate(full, 0)
		}
		if err != nil {
			return l.end(cutOff(err))
		}
	}
}

// contained reads one line, perhaps of the log of a container.
func (l *lines) contained(text []byte, whole bool) {
	in, ok := parseContainerLine(text)
	switch {
	case !ok:
		l.line("", text, whole)
	case in.more:
		l.parts[in.stream] = append(l.parts[in.stream], in.text...)
	default:
		text = append(l.parts[in.stream], in.text...)
		delete(l.parts, in.stream)
		l.line(in.stream, text, whole)
	}
}

// uncoloured is text without the codes that colour it on a terminal.
func uncoloured(text []byte) []byte {
	var plain []byte
	for {
		before, code, found := bytes.Cut(text, []byte("\x1b["))
		plain = append(plain, before...)
		if !found {
			return plain
		}
		text = bytes.TrimLeft(code, "0123456789;")
		text = bytes.TrimPrefix(text, []byte("m"))
	}
}

// maxComposeName is how long the name of a container, with the bar after it, may be.
const maxComposeName = 80

// composeName is the length of the name with which Docker Compose begins a line, such as "web-1  | ", or 0.
func composeName(line []byte) int {
	name, _, found := bytes.Cut(line[:min(len(line), maxComposeName)], []byte("| "))
	word := bytes.TrimRight(name, " ")
	if !found || len(word) == 0 || len(word) == len(name) || bytes.ContainsAny(word, " {[\"") {
		return 0
	}
	return len(name) + len("| ")
}

// line reads one line that a program wrote to a stream. Unless it is whole, the input was cut off in it.
func (l *lines) line(stream string, text []byte, whole bool) {
	if bytes.IndexByte(text, 0x1b) >= 0 {
		text = uncoloured(text)
	}
	n := composeName(text)
	name := stream + string(text[:n])
	text = text[n:]
	block, open := l.blocks[name]
	switch {
	case string(text) == "{":
		if open {
			l.fail(fmt.Errorf("byte %d: an object that does not end", l.before))
		}
		l.blocks[name] = []byte("{\n")
	case open:
		l.blocks[name] = append(append(block, text...), '\n')
		if string(text) == "}" {
			delete(l.blocks, name)
			l.object(append(block, '}'), true)
		}
	case len(text) > 0 && (text[0] == '{' || text[0] == '['):
		l.object(text, whole)
	case len(text) > 0:
		l.noise++
	}
}

// object reads what may be a span, or a document with spans.
func (l *lines) object(text []byte, whole bool) {
	found := sniff(text)
	if found.form == nil && isInspected(text) {
		found = shape{form: &jsConsole}
		text = inspectedJSON(text)
	}
	switch {
	case found.form == nil && !whole && len(l.order) > 0:
		l.cutAt = l.before + int64(len(text))
		return
	case found.form == nil || found.form.read == nil:
		l.noise++
		return
	}
	l.shape = found
	s := &splitter{Reader: bufio.NewReaderSize(bytes.NewReader(text), 512)}
	err := within(l.walk(s, 0, 0))
	switch {
	case cutOff(err) && !whole && len(l.order) > 0:
		l.cutAt = l.before + int64(len(text))
	case err != nil:
		l.fail(l.locate(err, s.at))
	}
}

func (l *lines) fail(err error) {
	if l.broken++; l.first == nil {
		l.first = err
	}
}

// end notes what was not read.
func (l *lines) end(cut bool) error {
	switch {
	case len(l.order) == 0 && l.broken > 0:
		return l.first
	case cut || len(l.blocks) > 0 || len(l.parts) > 0:
		l.cutAt = l.before
	}
	if l.broken > 0 {
		l.remark("broken objects, left out: %d (the first: %v)", l.broken, l.first)
	}
	if l.noise > 0 {
		l.remark("lines that are not spans, passed over: %d", l.noise)
	}
	return l.verdict()
}
