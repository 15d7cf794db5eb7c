package call

import (
	"cmp"
	"strings"

	"spanwise/doctor/trace"
)

// Said is everything that a span records about its failure, in small letters.
func Said(s *trace.Span) string {
	recorded := []string{s.Get(trace.ErrorType), s.Get(trace.RPCStatus), s.Get(trace.StatusText), s.Get(trace.ErrorText)}
	for _, ev := range s.Events {
		kind, message := exception(ev)
		recorded = append(recorded, kind, message)
	}
	return strings.ToLower(strings.Join(recorded, " "))
}

// exception returns the type and the message of the error that an event records; both are "" if it records none. OpenTelemetry calls the
// event exception; OpenTracing's semantic conventions 1.1 call it error, and let its fields hold either the error itself or its parts.
func exception(ev trace.Event) (kind, message string) {
	kind = cmp.Or(ev.Attrs.Get("exception.type"), ev.Attrs.Get("error.kind"))
	message = cmp.Or(ev.Attrs.Get("exception.message"), ev.Attrs.Get("error.object"), ev.Attrs.Get("error.message"))
	if message == "" && (kind != "" || ev.Name == "error" || ev.Name == "exception") {
		message = ev.Attrs.Get("message")
	}
	return kind, message
}

// Message is what a span says about its failure in words: its status, a message, or the message of an exception event; "" if it has
// none. A message without a space, such as the name of a host or a missing key, is preceded by the class of the exception.
func Message(s *trace.Span) string {
	if text := firstTelling(s.Get(trace.StatusText), s.Get(trace.ErrorText)); text != "" {
		return classed(s.Get(trace.ErrorType), text)
	}
	for _, ev := range s.Events {
		kind, message := exception(ev)
		if text := firstTelling(message); text != "" {
			return classed(kind, text)
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
