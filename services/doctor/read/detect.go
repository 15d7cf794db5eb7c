package read

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
)

// detect finds out what reads the input, by its first bytes. An error says what the input is, if nothing reads it.
func detect(in *bufio.Reader) (func(*builder, *bufio.Reader) error, error) {
	start, err := in.Peek(maxFirstLine)
	if err != nil && err != io.EOF && len(start) == 0 {
		return nil, err
	}
	if read, err := detectBinary(start); read != nil || err != nil {
		return read, err
	}
	if bytes.HasPrefix(start, []byte("\xef\xbb\xbf")) { // a byte order mark
		in.Discard(3)
		start = start[3:]
	}
	text := bytes.TrimLeft(start, " \t\r\n")
	if len(text) == 0 || text[0] != '{' && text[0] != '[' || hasLogName(text) {
		return detectText(text, len(start)-len(text), err)
	}
	return detectJSON(text, in)
}

// hasLogName reports whether text begins with a name in brackets, as lines of logs do.
func hasLogName(text []byte) bool {
	name, _, closed := bytes.Cut(text[:min(len(text), maxComposeName)], []byte("]"))
	return closed && len(name) > 1 && name[0] == '[' && (name[1]|0x20 >= 'a' && name[1]|0x20 <= 'z') && !bytes.ContainsAny(name, ",{\"")
}

// detectJSON finds out what reads the objects of an input. What shows no form is left to document, which says which keys it found.
func detectJSON(text []byte, in *bufio.Reader) (func(*builder, *bufio.Reader) error, error) {
	if bytes.HasPrefix(text, []byte(`{"resourceSpans":`)) || bytes.HasPrefix(text, []byte(`{"data":[{"traceID":`)) {
		return readDocument, nil // nearly all inputs
	}
	found := sniff(text)
	switch f := found.form; {
	case f == nil && isConsole(text):
		return readLines, nil
	case f == nil, f.stream && wrapsKnown(found.path) && (!f.list || text[0] == '['):
		return readDocument, nil
	case f.read == nil:
		return nil, fmt.Errorf("%s (try: %s)", f.name, f.step)
	case byLine(in), f.console && text[0] == '{':
		return readLines, nil
	}
	return func(b *builder, in *bufio.Reader) error { return (&records{builder: b, shape: found}).all(in) }, nil
}

func readDocument(b *builder, in *bufio.Reader) error { return (&document{builder: b}).all(in) }

func readLines(b *builder, in *bufio.Reader) error {
	return (&lines{records: &records{builder: b, shape: shape{form: &form{name: "lines"}}}}).all(in)
}

// wrapsKnown reports whether document finds what is under these keys.
func wrapsKnown(path []string) bool {
	return !slices.ContainsFunc(path, func(key string) bool { return key != "data" && key != "result" && key != "trace" })
}

// isConsole reports whether the output of a program has spans in it.
func isConsole(text []byte) bool {
	text = uncontained(text)
	if bytes.IndexByte(text, 0x1b) >= 0 {
		text = uncoloured(text)
	}
	if isInspected(text) {
		return true
	}
	for line := range bytes.Lines(text) {
		line = line[composeName(line):]
		if len(line) > 0 && line[0] == '{' {
			at := bytes.Index(text, line)
			found := sniff(text[at:])
			return found.form != nil && found.form.read != nil
		}
	}
	return false
}

// detectText names text that is not JSON.
func detectText(text []byte, offset int, err error) (func(*builder, *bufio.Reader) error, error) {
	switch {
	case len(text) == 0 && err == io.EOF:
		return nil, ErrEmpty
	case len(text) == 0 && err != nil:
		return nil, err
	case len(text) == 0:
		return readDocument, nil // which says that there is too much white space
	case isConsole(text):
		return readLines, nil
	case string(bytes.TrimSpace(text)) == "null":
		return nil, ErrEmpty
	case bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")):
		return nil, errors.New("UTF-16 text: want UTF-8 (try: iconv -f UTF-16 -t UTF-8)") // PowerShell's > writes it
	case len(text) > 0 && text[0] == '<':
		return nil, fmt.Errorf("HTML or XML at byte %d: want JSON of a trace (a login page or a wrong address?)", offset)
	}
	for _, t := range texts {
		if found, err := regexp.Match(t.pattern, text[:min(len(text), maxText)]); found || err != nil {
			return nil, errors.New(t.what)
		}
	}
	return nil, fmt.Errorf("not JSON at byte %d (%q), and no other format of a trace (%s)", offset, text[:min(len(text), 1)], formatsStep)
}
