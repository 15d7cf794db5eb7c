package read

import (
	"bytes"
	"encoding/json"
	"slices"
)

// A containerLine is a line that a container runtime wrote to a log: what a program printed, and to which stream. A long line of the program
// takes several; more says that it continues in the next one of the stream.
type containerLine struct {
	stream string
	text   []byte
	more   bool
}

// dockerStart is how the lines of Docker's json-file driver begin.
const dockerStart = `{"log":`

// parseContainerLine reads a line as Docker's json-file driver writes it, {"log":"text\n","stream":"stdout",…}, or as Kubernetes does,
// "2026-01-01T10:00:00Z stdout F text", in which P instead of F marks a part.
func parseContainerLine(line []byte) (l containerLine, ok bool) {
	if bytes.HasPrefix(line, []byte(dockerStart)) {
		var entry struct{ Log, Stream string }
		if json.Unmarshal(line, &entry) != nil || entry.Stream == "" {
			return l, false
		}
		text, whole := bytes.CutSuffix([]byte(entry.Log), []byte("\n"))
		return containerLine{entry.Stream, bytes.TrimSuffix(text, []byte("\r")), !whole}, true
	}
	return parseKubernetesLine(line)
}

func parseKubernetesLine(line []byte) (l containerLine, ok bool) {
	if len(line) < len("2026-01-01T10:00:00Z") || line[4] != '-' || line[10] != 'T' { // most lines of other texts
		return l, false
	}
	_, rest, _ := bytes.Cut(line, []byte(" "))
	stream, rest, _ := bytes.Cut(rest, []byte(" "))
	tag, text, _ := bytes.Cut(rest, []byte(" "))
	if isStream := string(stream) == "stdout" || string(stream) == "stderr"; !isStream || len(tag) == 0 {
		return l, false
	}
	return containerLine{string(stream), text, tag[0] == 'P'}, true
}

// uncontained is what a program printed, one stream after the other, if text is the log of a container.
func uncontained(text []byte) []byte {
	if _, ok := parseContainerLine(firstLine(text)); !ok {
		return text
	}
	printed := map[string][]byte{}
	for line := range bytes.Lines(text) {
		if l, ok := parseContainerLine(bytes.TrimRight(line, "\r\n")); ok {
			printed[l.stream] = append(printed[l.stream], l.text...)
			if !l.more {
				printed[l.stream] = append(printed[l.stream], '\n')
			}
		}
	}
	return slices.Concat(printed["stdout"], printed["stderr"])
}

func firstLine(text []byte) []byte {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	return bytes.TrimRight(line, "\r")
}
