package trace

// Failures returns what s records about its failure, in words: of its attributes, and of the events for exceptions. The kind of an error
// comes before its message.
func (s *Span) Failures() (texts []string) {
	add := func(text string) {
		if text != "" {
			texts = append(texts, text)
		}
	}
	add(s.Get(ErrorType))
	add(s.Get(StatusText))
	for i := range s.Events {
		kind, message := s.Events[i].Exception()
		add(kind)
		add(message)
	}
	return texts
}

// Exception returns the kind and the message of the error that an event records; both are "" if it records none. OpenTelemetry calls the
// event exception. OpenTracing logs a field event that is error, and Python's and Ruby's old tracers name it by the message alone.
func (ev *Event) Exception() (kind, message string) {
	first := func(names ...string) string {
		for _, name := range names {
			if v := ev.Attrs[name]; v != "" {
				return v
			}
		}
		return ""
	}
	kind = first("exception.type", "error.kind", "error.type")
	message = first("exception.message", "error.message", "error.object", "error.msg")
	if message == "" && (kind != "" || ev.Name == "exception" || ev.Name == "error") {
		message = first("message", "description")
	}
	return kind, message
}
