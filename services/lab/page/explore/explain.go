package explore

import (
	"errors"
	"net/http"
	"regexp"
	"strings"

	"spanwise/doctor/read"
	"spanwise/internal/problem"
)

// explain makes an error of package read one for a page: without flags, and with a status.
func (e *Explorer) explain(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, read.ErrUnknown) {
		return problem.NotFound("Jaeger does not have this trace. A trace arrives about half a second after its request, " +
			"and is gone once Jaeger has restarted or has stored many newer ones.")
	}
	return problem.New(http.StatusBadGateway, "%s", strings.ReplaceAll(read.Fact(err), "jaeger at ", "Jaeger at "))
}

// ParseID finds the id of a trace in what somebody pasted: an id, a traceparent or another header, the address of a page, or a line of a log.
func ParseID(text string) (string, error) {
	for _, form := range idForms {
		m := form.FindStringSubmatch(text)
		switch {
		case m == nil || !read.IsTraceID(m[1]):
		case len(m) == 3 && unsampled.MatchString(m[2]):
			return "", problem.Invalid("trace %s was not sampled (its flags are %s), so its spans were not kept (try: another request, "+
				"or OTEL_TRACES_SAMPLER=always_on for the service that receives it first)", m[1], m[2])
		default:
			return m[1], nil
		}
	}
	short := text
	if len(short) > 100 {
		short = short[:100] + "…"
	}
	return "", problem.Invalid("%q has no trace id in it (try: 32 hex digits, a traceparent, or the address of a trace in Jaeger)", short)
}

// idForms find ids, the surest first. The second group is the flags.
var idForms = []*regexp.Regexp{
	regexp.MustCompile(`(?i)\b[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})\b`), // W3C Trace Context
	regexp.MustCompile(`(?i)/traces?/([0-9a-f]{1,32})\b`),                               // pages and APIs of Jaeger, and this one
	regexp.MustCompile(`(?i)trace_?id"?\s*[=:]\s*"?([0-9a-f]{16,32})\b`),                // logs
	regexp.MustCompile(`(?i)^\s*(?:0x)?([0-9a-f]{1,32})\s*$`),
	regexp.MustCompile(`(?i)\b([0-9a-f]{32})\b`),
}

var unsampled = regexp.MustCompile(`[02468aceACE]$`)
