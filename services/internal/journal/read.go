package journal

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// A Span is what a journal knows about one span.
type Span struct {
	TraceID, ID string // in hexadecimal, 32 and 16 digits
	Service     string
	Started     time.Time
	Ended       time.Time // zero if it did not end
}

// Read returns the spans in the journal at path in the order in which they started. A last line without its end is left out.
func Read(path string) ([]Span, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the journal of spans: %w", err)
	}
	return parse(text)
}

func parse(text []byte) (spans []Span, err error) {
	type key struct{ trace, span string }
	at := make(map[key]int)
	n := 0
	for line := range bytes.Lines(text) {
		n++
		if line[len(line)-1] != '\n' {
			break
		}
		event, s, err := parseLine(string(line))
		if err != nil {
			return nil, fmt.Errorf("line %d of the journal of spans: %w", n, err)
		}
		k := key{s.TraceID, s.ID}
		i, known := at[k]
		switch {
		case event == start && !known:
			at[k] = len(spans)
			spans = append(spans, s)
		case event == end && known && spans[i].Ended.IsZero():
			spans[i].Ended = s.Started
		case known:
			return nil, fmt.Errorf("line %d of the journal of spans: a second %s of span %s", n, event, s.ID)
		default:
			return nil, fmt.Errorf("line %d of the journal of spans: an end without a start of span %s", n, s.ID)
		}
	}
	return spans, nil
}

// parseLine returns the event of a line, and its span with the time of the event in Started.
func parseLine(line string) (event string, s Span, err error) {
	words := strings.Fields(line)
	if len(words) != 5 || words[0] != start && words[0] != end || len(words[2]) != 32 || len(words[3]) != 16 {
		return "", s, fmt.Errorf("%q is not an event, a time, a trace id, a span id and a service", line)
	}
	ns, err := strconv.ParseInt(words[1], 10, 64)
	if err != nil {
		return "", s, err
	}
	return words[0], Span{TraceID: words[2], ID: words[3], Service: words[4], Started: time.Unix(0, ns)}, nil
}
