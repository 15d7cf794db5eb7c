package call

import (
	"strings"

	"spanwise/doctor/trace"
)

// Said is everything that a span records about its failure, in small letters.
func Said(s *trace.Span) string {
	recorded := []string{s.Get(trace.ErrorType), s.Get(trace.RPCStatus), s.Get(trace.StatusText), s.Get(trace.ErrorText)}
	for _, ev := range s.Events {
		recorded = append(recorded, ev.Attrs.Get("exception.type"), ev.Attrs.Get("exception.message"))
	}
	return strings.ToLower(strings.Join(recorded, " "))
}

// Message is what a span says about its failure in words: its status, a message, or the message of an exception event; "" if it has
// none. A message without a space, such as the name of a host or a missing key, is preceded by the class of the exception.
func Message(s *trace.Span) string {
	if text := firstTelling(s.Get(trace.StatusText), s.Get(trace.ErrorText)); text != "" {
		return classed(s.Get(trace.ErrorType), text)
	}
	for _, ev := range s.Events {
		if text := firstTelling(ev.Attrs.Get("exception.message")); text != "" {
			return classed(ev.Attrs.Get("exception.type"), text)
		}
	}
	return ""
}

func firstTelling(texts ...string) string {
	for _, text := range texts {
		if line, _, _ := strings.Cut(strings.TrimSpace(text), "\n"); Telling(line) {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

func classed(class, text string) string {
	if name := class[strings.LastIndexAny(class, ".\\:$")+1:]; Telling(class) && Telling(name) && !strings.ContainsRune(text, ' ') && name != text {
		return name + ": " + text
	}
	return text
}

// Telling reports whether a recorded type or text says something to a reader. A bare number does not, nor does the name of a pointer type in
// Go: 23, 503, *errors.errorString.
func Telling(text string) bool {
	switch strings.ToLower(text) {
	case "", "error", "exception", "_other", "unset", "ok", "errors.errorstring", ".string":
		return false
	}
	return text[0] != '*' && strings.Trim(text, "0123456789") != ""
}
