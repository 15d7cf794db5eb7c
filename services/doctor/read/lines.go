package read

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// firstLine is how long the first line may be to tell that an input has one document a line.
const firstLine = 1 << 18

// byLine reports an input whose first line is a document by itself and not the only one.
func byLine(in *bufio.Reader) bool {
	start, _ := in.Peek(firstLine)
	line, rest, found := bytes.Cut(start, []byte("\n"))
	return found && len(bytes.TrimSpace(rest)) > 0 && json.Valid(line)
}

// lines reads one document a line. A line that is broken, as a writer leaves one behind that was killed, costs that line.
func (d *document) lines(in *bufio.Reader) error {
	lost, first := 0, error(nil)
	for {
		l := &line{r: in}
		d.Decoder = json.NewDecoder(l)
		err := d.documents()
		_, failed := io.Copy(io.Discard, l) // the rest of a line that is broken
		switch {
		case failed != nil && !cutOff(failed):
			return failed
		case !l.whole && len(d.order) > 0 && (cutOff(err) || cutOff(failed)):
			d.cutAt = d.before + l.read
		case err != nil:
			if lost++; first == nil {
				first = d.explain(err)
			}
		}
		if !l.whole {
			return d.without(lost, first)
		}
		d.before += l.read
	}
}

// without notes the lines that could not be read, or fails if no other could.
func (d *document) without(lost int, first error) error {
	switch {
	case lost > 0 && len(d.order) == 0:
		return explained{first}
	case lost == 1:
		d.remarks = append(d.remarks, fmt.Sprintf("1 line is broken, its rest is left out (%v)", first))
	case lost > 1:
		d.remarks = append(d.remarks, fmt.Sprintf("%d lines are broken, the rest of each is left out (the first: %v)", lost, first))
	}
	return d.verdict()
}

// An explained error says already where it is.
type explained struct{ error }

// A line is a reader of one line.
type line struct {
	r     *bufio.Reader
	whole bool // its end was read
	read  int64
}

func (l *line) Read(p []byte) (int, error) {
	if l.whole {
		return 0, io.EOF
	}
	if _, err := l.r.Peek(1); err != nil {
		return 0, err
	}
	text, _ := l.r.Peek(min(len(p), l.r.Buffered()))
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		text, l.whole = text[:i+1], true
	}
	n := copy(p, text)
	l.read += int64(n)
	_, err := l.r.Discard(n)
	return n, err
}
