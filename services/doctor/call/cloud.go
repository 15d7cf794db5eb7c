package call

import (
	"cmp"
	"strings"

	"spanwise/doctor/trace"
)

// CloudOperation is the operation of AWS's API that c requests, such as GetObject; "" for any other call.
func (c *Call) CloudOperation() string {
	if c.Span.Get(trace.RPCSystem) != "aws-api" {
		return ""
	}
	name := cmp.Or(c.Span.Get(trace.RPCMethod), c.Span.Name)
	return name[strings.LastIndexAny(name, "/. ")+1:]
}

// cloud reads which item a call to AWS asks for: an object of S3, a secret.
func (c *Call) cloud() {
	if key := c.Span.Get(trace.AWSKey); key != "" {
		c.Key = c.Template + " " + key
		c.NameOnly = false
	}
}

// Rows is how many rows a call that reads returned; known is false if the trace does not say. Many drivers count them as affected.
func (c *Call) Rows() (n int, known bool) {
	text := c.Span.Get(trace.DBRows)
	if text == "" && c.Effect == Reads {
		text = c.Span.Get(trace.DBAffected)
	}
	return Number(text), text != ""
}
