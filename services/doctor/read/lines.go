package read

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// maxFirstLine is how long the first line may be if it is to show that an input has one document per line.
const maxFirstLine = 1 << 18

// byLine reports whether the first line of an input is a complete document, with more to follow.
func byLine(in *bufio.Reader) bool {
	start, _ := in.Peek(maxFirstLine)
	line, rest, found := bytes.Cut(start, []byte("\n"))
	return found && len(bytes.TrimSpace(rest)) > 0 && json.Valid(line)
}

// lines reads one document per line. It skips broken lines, such as a killed writer leaves.
func (d *document) lines(in *bufio.Reader) error {
	broken, first := 0, error(nil)
	for {
		l := &line{r: in}
		d.Decoder = json.NewDecoder(l)
		err := d.documents()
		_, failed := io.Copy(io.Discard, l) // the rest of a broken line
		switch {
		case failed != nil && !cutOff(failed):
			return failed
		case !l.complete && len(d.order) > 0 && (cutOff(err) || cutOff(failed)):
			d.cutAt = d.before + l.read
		case err != nil:
			if broken++; first == nil {
				first = d.locate(err)
			}
		}
		if !l.complete {
			break
		}
		d.before += l.read
	}
	switch {
	case broken > 0 && len(d.order) == 0:
		return located{first}
	case broken == 1:
		d.remarks = append(d.remarks, fmt.Sprintf("1 line is broken; the rest of it is left out (%v)", first))
	case broken > 1:
		d.remarks = append(d.remarks, fmt.Sprintf("%d lines are broken; the rest of each is left out (the first: %v)", broken, first))
	}
	return d.verdict()
}

// A line is a reader of one line.
type line struct {
	r        *bufio.Reader
	complete bool // its end was read
	read     int64
}

func (l *line) Read(p []byte) (int, error) {
	if l.complete {
		return 0, io.EOF
	}
	if _, err := l.r.Peek(1); err != nil {
		return 0, err
	}
	text, _ := l.r.Peek(min(len(p), l.r.Buffered()))
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		text, l.complete = text[:i+1], true
	}
	n := copy(p, text)
	l.read += int64(n)
	_, err := l.r.Discard(n)
	return n, err
}
