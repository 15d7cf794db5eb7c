package read

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// A serverError is what a server wrote instead of a trace.
type serverError string

func (e serverError) Error() string { return string(e) }

// failure remembers the error that a server wrote: Jaeger's [{"code":404,"msg":…}], gRPC's {"message":…}, text, or anything else.
func (d *document) failure() error {
	raw, err := d.ReadValue()
	if err != nil {
		return err
	}
	if text := failureText(raw); text != "" {
		d.failed = serverError(text)
	}
	return nil
}

// failureText is what an error says, in whatever form a server wrote it. It is empty if there is none.
func failureText(raw []byte) string {
	type message struct{ Msg, Message string }
	var one message
	var many []message
	var plain string
	switch {
	case slices.Contains([]string{"null", "[]", `""`}, string(raw)):
		return ""
	case json.Unmarshal(raw, &many) == nil:
		var texts []string
		for _, m := range many {
			texts = append(texts, cmp.Or(m.Msg, m.Message))
		}
		plain = strings.Join(texts, "; ")
	case json.Unmarshal(raw, &one) == nil:
		plain = cmp.Or(one.Msg, one.Message)
	case json.Unmarshal(raw, &plain) == nil:
	}
	return brief(cmp.Or(plain, string(raw)))
}

// message remembers what a server wrote with a partial trace, as Grafana Tempo does, or instead of a trace.
func (d *document) message() error {
	return d.whole(func(c *cursor) {
		if message := string(c.text()); message != "" && message != "null" && d.failed == "" {
			d.failed = serverError(brief(message))
		}
	})
}

// formatsStep is what to do about a format that is not known.
const formatsStep = "try: doctor help, which lists the formats"

// errForeign means that the keys of an object, which follow, are those of no format.
var errForeign = errors.New("no format that doctor reads has the keys")

// verdict is the error for well-formed JSON without a span. If there are spans, it notes what a server wrote with them.
func (d *document) verdict() error {
	keys := strings.Join(d.keys, ", ")
	switch {
	case len(d.order) > 0 && d.failed != "":
		d.remarks = append(d.remarks, "the response contains an error: "+string(d.failed))
		return nil
	case len(d.order) > 0:
		return nil
	case d.format == "" && keys != "" && d.failed != "":
		return fmt.Errorf("%w %s; its message is: %w%s", errForeign, keys, d.failed, guess(d.keys))
	case d.format == "" && keys != "":
		return fmt.Errorf("%w %s%s", errForeign, keys, guess(d.keys))
	case d.failed != "":
		return fmt.Errorf("no trace in it, only an error: %w", d.failed)
	case len(d.notes) > 0:
		return errors.New("no readable span: " + strings.Join(d.notes.lines(), "; "))
	}
	return nil
}

// guess says what an object with these keys may be.
func guess(keys []string) string {
	for _, key := range keys {
		switch key {
		case `"resourcemetrics"`, `"resourcelogs"`:
			return " (" + errNotTraces.Error() + ")"
		case `"log"`, `"level"`, `"severity"`, `"lvl"`, `"loglevel"`, `"log.level"`:
			return " (a log, not a trace)"
		}
	}
	return " (" + formatsStep + ")"
}

// locate adds where an error occurred: the detected format, and the byte.
func (d *document) locate(err error) error {
	if server := serverError(""); err == nil || errors.As(err, &server) {
		return err
	}
	format, offset := cmp.Or(d.format, "JSON"), d.offset()
	if cutOff(err) {
		return fmt.Errorf("%s, byte %d: cut off in the middle of a value (an incomplete download?)", format, offset)
	}
	if syntax := (*jsontext.SyntacticError)(nil); errors.As(err, &syntax) {
		offset, err = max(offset, d.before+syntax.ByteOffset), syntax.Err
		if c := d.afterComma(syntax); c != 0 {
			offset, err = offset+1, fmt.Errorf("invalid character %q after a comma", c)
		}
	}
	return fmt.Errorf("%s, byte %d: %w", format, offset, err)
}

// afterComma is the bracket that made the decoder reject the comma before it, or 0 if it rejected something else.
func (d *document) afterComma(err *jsontext.SyntacticError) byte {
	unread, comma := d.UnreadBuffer(), int(err.ByteOffset-d.InputOffset())
	if comma < 0 || comma >= len(unread) || unread[comma] != ',' {
		return 0
	}
	rest := bytes.TrimLeft(unread[comma+1:], " \t\r\n")
	if len(rest) > 0 && (rest[0] == '}' || rest[0] == ']') {
		return rest[0]
	}
	return 0
}

// maxQuoted is how many bytes of an input an error quotes.
const maxQuoted = 200

// brief is the beginning of a text from the input, for an error: a string may be as long as the input.
func brief(text string) string {
	if len(text) <= maxQuoted {
		return text
	}
	end := maxQuoted
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return strings.Clone(text[:end]) + "…"
}

func cutOff(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) }
