package read

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
)

// aside remembers what a response says of itself, alongside its records: that there is more than it holds, or that something failed.
func (r *records) aside(path string, raw []byte) error {
	switch path {
	case "hits.total": // Elasticsearch: a number, or {"value": 9, "relation": "eq"}
		var total struct{ Value number }
		if json.Unmarshal(raw, &total) != nil {
			json.Unmarshal(raw, &total.Value)
		}
		r.total = total.Value.n
	case "timed_out", "traceItems.exceedsMax":
		if string(raw) == "true" {
			r.remark("the response says that it is incomplete (%s)", path)
		}
	case "NextToken", "nextToken":
		if string(raw) != "null" && string(raw) != `""` {
			r.remark(onePage, path)
		}
	case "meta": // Datadog's, which gives the next page if there is one
		var meta struct{ Page struct{ After string } }
		if json.Unmarshal(raw, &meta); meta.Page.After != "" {
			r.remark(onePage, "meta.page.after")
		}
	case "UnprocessedTraceIds":
		var ids []string
		if json.Unmarshal(raw, &ids) == nil && len(ids) > 0 {
			r.remark("traces that the response lacks, though they were asked for: %d, such as %s", len(ids), brief(ids[0]))
		}
	case "errors", "error":
		if text := failureText(raw); text != "" {
			r.remark("the response contains an error: %s", text)
		}
	case "hits.hits.fields": // what is in _source, once more
	default:
		return r.more(raw)
	}
	return nil
}

// more reads what else in an answer holds spans, such as the orphaned ones of a trace in Datadog.
func (r *records) more(raw []byte) error {
	if raw[0] != '{' && raw[0] != '[' {
		return nil
	}
	found := sniff(raw)
	if found.form == nil || found.form.read == nil {
		return nil
	}
	outer := r.shape
	defer func() { r.shape = outer }()
	r.shape = found
	return r.walk(&splitter{Reader: bufio.NewReader(bytes.NewReader(raw))}, 0, 0)
}

const onePage = "the response is one page of several, so spans are missing (%s leads to more)"

// remark adds a note to every trace of the input.
func (r *records) remark(format string, args ...any) {
	r.remarks = append(r.remarks, fmt.Sprintf(format, args...))
}
