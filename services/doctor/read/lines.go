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
	for end := error(nil); end == nil; {
		var line []byte
		if line, end = in.ReadBytes('\n'); end != nil && end != io.EOF && !cutOff(end) {
			return d.locate(end)
		}
		d.Decoder = json.NewDecoder(bytes.NewReader(line))
		err := d.documents()
		switch {
		case end != nil && len(d.order) > 0 && (cutOff(err) || cutOff(end)):
			d.cutAt = d.before + int64(len(line))
		case err != nil:
			if broken++; first == nil {
				first = d.locate(err)
			}
		}
		if end == nil {
			d.before += int64(len(line))
		}
	}
	switch {
	case broken > 0 && len(d.order) == 0:
		return first
	case broken == 1:
		d.remarks = append(d.remarks, fmt.Sprintf("1 line is broken; the rest of it is left out (%v)", first))
	case broken > 1:
		d.remarks = append(d.remarks, fmt.Sprintf("%d lines are broken; the rest of each is left out (the first: %v)", broken, first))
	}
	return d.locate(d.verdict())
}
