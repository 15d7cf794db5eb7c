package rule

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"spanwise/doctor/call"
	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

var overFetch = Rule{
	Kind:  "over-fetch",
	Lead:  "{service} fetches more data[ from {callee}] than it needs",
	Title: "Far more rows or bytes fetched than one response can use",
	Doc: `On the critical path, a query returns at least 1,000 rows, or a response has at least a million bytes. No one
reads a page that long. A query with a LIMIT may return 5,000 rows, because it asks for a batch on purpose; but if
the response of the operation has fewer than two bytes for each row, it may return 1,000. A query for a list of keys
may return 100 rows per key. That thousands of rows go into an operation and almost no bytes come out makes it
certain.

Saving: the high estimate replays the call as long as 100 rows, or 100 kB, would take if the time grows with the
size. The low one assumes a page ten times as large, or half of what was fetched if that is less.

A response that is a file (by its content type, or by a path that ends in a file name) is not a list, and is wanted
as a whole. Rows that go into a file are only mentioned.

What can mislead it: exports and reports that need everything, and aggregates over many rows that the database
could have computed (which is another way to fetch less).`,
	Find: findOverFetch,
}

const (
	manyRows, pageRows   = 1000, 100
	batchRows            = 5000
	manyBytes, pageBytes = 1_000_000, 100_000
)

func findOverFetch(e *evidence.Exam) []Suspicion {
	var found []Suspicion
	for _, c := range e.Calls {
		if e.Total[c.Span.Index] == 0 || c.Effect == call.Writes || c.Housekeeping {
			continue
		}
		rows, _ := c.Rows()
		size := call.Number(c.Get(trace.BodySize))
		switch {
		case rows >= manyRows && rows >= pageRows*c.LongestList() && !isBatch(e, c, rows):
			found = append(found, suspectRows(e, c, rows))
		case size >= manyBytes && !isFile(c.Span) && (c.Server == nil || !isFile(c.Server)):
			s := suspectOverFetch(e, c.Span, fmt.Sprintf("the response to %s has %d bytes", c.Describe(), size), size, pageBytes)
			s.Service, s.Callee, s.Figures.Bytes = c.Caller, c.Callee, size
			found = append(found, s)
		}
	}
	if size := call.Number(e.Root.Get(trace.BodySize)); size >= manyBytes && !isFile(e.Root) {
		s := suspectOverFetch(e, e.Root, fmt.Sprintf("the response to the request itself has %d bytes", size), size, pageBytes)
		s.Service, s.Figures.Bytes = e.Root.Service, size
		found = append(found, s)
	}
	return found
}

// isBatch reports whether a query asks for no more rows than a batch may have. If nearly nothing of them comes out of the operation, it is not
// a batch.
func isBatch(e *evidence.Exam, c *call.Call, rows int) bool {
	return limited(c.Span.Get(trace.DBText)) && rows <= batchRows && (rows <= manyRows || !swallowed(e, c, rows))
}

// swallowed reports whether an operation's own response has hardly any bytes for each row that goes into it.
func swallowed(e *evidence.Exam, c *call.Call, rows int) bool {
	size := call.Number(e.Entry[c.Span.Index].Get(trace.BodySize))
	return size > 0 && size < rows*2
}

// limited reports whether a statement limits its rows, in the syntax of any database.
func limited(statement string) bool {
	return slices.ContainsFunc(strings.Fields(strings.ToLower(statement)), func(word string) bool {
		return word == "limit" || word == "top" || word == "fetch" || word == "rownum"
	})
}

// isFile reports whether a response is a file, and not a list: its content type is not one in which programs exchange lists, or its path
// ends in a file name.
func isFile(s *trace.Span) bool {
	if kind := strings.ToLower(s.Get(trace.ContentType)); kind != "" {
		return !call.ContainsAny(kind, "json", "xml", "html", "proto", "msgpack", "cbor", "grpc", "text/plain")
	}
	_, file, _ := call.CutURL(cmp.Or(s.Get(trace.URLFull), s.Get(trace.URLPath)))
	_, extension, dotted := strings.Cut(file[strings.LastIndexByte(file, '/')+1:], ".")
	return dotted && extension != "" && !call.ContainsAny(strings.ToLower(extension), "json", "xml", "html")
}

func suspectRows(e *evidence.Exam, c *call.Call, rows int) Suspicion {
	limit := " without a limit"
	if limited(c.Span.Get(trace.DBText)) {
		limit = ", which its limit allows,"
	}
	s := suspectOverFetch(e, c.Span, fmt.Sprintf("%s returns %d rows%s", c.Describe(), rows, limit), rows, pageRows)
	s.Service, s.Callee, s.Figures.Rows = c.Caller, c.Callee, rows
	entry := e.Entry[c.Span.Index]
	s.Minor = isFile(entry)
	if swallowed(e, c, rows) {
		s.Confidence = finding.High
		s.Reason("the operation's own response has only %s bytes", entry.Get(trace.BodySize))
	}
	return s
}

// suspectOverFetch assumes that a span takes time in proportion to the amount that it fetches.
func suspectOverFetch(e *evidence.Exam, span *trace.Span, because string, amount, page int) Suspicion {
	s := Suspicion{Spans: []*trace.Span{span}}
	s.Operation, s.Count = evidence.OperationAround(span), 1
	s.Saving.Basis, s.Confidence, s.Evidence = finding.Structural, finding.Medium, finding.Sufficient
	fetching := func(part int) []path.Change {
		return []path.Change{path.Capped(span, trace.Micros(float64(span.Duration)*float64(part)/float64(amount)))}
	}
	s.Low, s.High = fetching(min(10*page, amount/2)), fetching(page)
	s.Reason("%s and takes %s", because, span.Duration)
	if inner := heaviestInside(e, span); inner != nil {
		s.Figures.Names = []string{inner.Name}
		s.Reason("%s of it is spent in `%s`", e.Self[inner.Index], inner.Name)
	}
	s.Unless = "everything is needed, as for an export or a report"
	s.Fix = "request one page, and only the fields that are used"
	if c := e.CallOf[span.Index]; c != nil && c.Store {
		s.Fix = "fetch one page (LIMIT, with an index in that order) and only the columns that are used"
	}
	return s
}

// heaviestInside returns an inner operation of the same process that itself takes half of the span's time or more, or nil. It
// usually converts what was fetched.
func heaviestInside(e *evidence.Exam, span *trace.Span) *trace.Span {
	const most = 1000 // spans to look at
	list := []*trace.Span{span}
	for i := 0; i < len(list) && i < most; i++ {
		s := list[i]
		if s != span && !s.Calling() && e.Self[s.Index] > 0 && e.Self[s.Index]*2 >= span.Duration {
			return s
		}
		for _, c := range s.Children {
			if c.Service == span.Service && e.Total[c.Index] > 0 {
				list = append(list, c)
			}
		}
	}
	return nil
}
