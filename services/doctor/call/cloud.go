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

// cloud reads which item a call to AWS asks for: an object of S3, a secret. The URL of a request that reads an object ends in its name, too.
func (c *Call) cloud() {
	key := c.Span.Get(trace.AWSKey)
	if key == "" && c.CloudOperation() != "" && c.Effect == Reads {
		_, path, _ := CutURL(c.Span.Get(trace.URLFull))
		key = strings.Trim(path, "/")
	}
	if key != "" {
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
