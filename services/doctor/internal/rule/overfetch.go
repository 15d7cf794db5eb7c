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
	Kind:  finding.OverFetch,
	Title: "Far more rows or bytes are fetched than one answer can use",
	Doc: `A query returns at least 1,000 rows and has no LIMIT, or an answer has at least a million bytes,
on the critical path. Nobody reads a page of that length. A query for a list of keys may return 100 rows for
each of them. It is certain where thousands of rows go in and hardly any bytes come out of the operation that
asked for them.

Saving: the call replayed as long as a page of 100 rows, or 100 kB, would take if time grows with size; the
cautious figure takes a page ten times as large, or half of what came if that is less.

An answer that is a file (by its content type, or by a path that ends in a file's name) is no list, and is wanted
whole; so are the rows that go into one.

What can mislead it: exports and reports that need everything, and sums over many rows that the database could have
done itself (which is another way to ask for less).`,
	Find: findOverFetch,
}

const (
	manyRows, pageRows   = 1000, 100
	manyBytes, pageBytes = 1_000_000, 100_000
)

func findOverFetch(e *evidence.Exam) []Suspicion {
	var found []Suspicion
	bytesTold := map[*trace.Span]bool{}
	for _, c := range e.Calls {
		if e.Total[c.Span.Index] == 0 || c.Effect == call.Writes || c.Housekeeping {
			continue
		}
		rows, size := call.Number(c.Span.Get(trace.DBRows)), call.Number(c.Get(trace.BodySize))
		switch {
		case rows >= manyRows && rows >= pageRows*c.LongestList() && !limited(c.Span.Get(trace.DBText)):
			s := overFetchOf(e, c.Span, fmt.Sprintf("%s returns %d rows without a limit", c.Describe(), rows), int64(rows), pageRows)
			s.Figures.Rows = rows
			s.Service, s.Callee = c.Caller, c.Callee
			s.Minor = isFile(e.Entry[c.Span.Index])
			if out := call.Number(e.Entry[c.Span.Index].Get(trace.BodySize)); out > 0 && out < rows*2 {
				s.Confidence = finding.High
				s.Reason("the operation's own answer has %d bytes", out)
			}
			found = append(found, s)
		case size >= manyBytes && !isFile(c.Span) && (c.Server == nil || !isFile(c.Server)):
			if c.Server != nil {
				bytesTold[c.Server] = true
			}
			s := overFetchOf(e, c.Span, fmt.Sprintf("the answer to %s has %d bytes", c.Describe(), size), int64(size), pageBytes)
			s.Figures.Bytes = size
			s.Service, s.Callee = c.Caller, c.Callee
			found = append(found, s)
		}
	}
	if size := call.Number(e.Root.Get(trace.BodySize)); size >= manyBytes && !bytesTold[e.Root] && !isFile(e.Root) {
		s := overFetchOf(e, e.Root, fmt.Sprintf("the request's own answer has %d bytes", size), int64(size), pageBytes)
		s.Figures.Bytes = size
		s.Service, s.Operation = e.Root.Service, e.Root.Name
		found = append(found, s)
	}
	return found
}

// isFile reports whether an answer is one thing, all of which is wanted, rather than a list: its content type is none of those in which programs
// hand lists to each other, or its path names a file.
func isFile(s *trace.Span) bool {
	if kind := strings.ToLower(s.Get(trace.ContentType)); kind != "" {
		return !call.ContainsAny(kind, "json", "xml", "html", "proto", "msgpack", "cbor", "grpc", "text/plain")
	}
	_, file, _ := call.CutURL(cmp.Or(s.Get(trace.URLFull), s.Get(trace.URLPath)))
	_, extension, dotted := strings.Cut(file[strings.LastIndexByte(file, '/')+1:], ".")
	return dotted && extension != "" && !call.ContainsAny(strings.ToLower(extension), "json", "xml", "html")
}

// overFetchOf supposes that a span's time grows with how much it fetches.
func overFetchOf(e *evidence.Exam, span *trace.Span, because string, amount, page int64) Suspicion {
	s := Suspicion{Spans: []*trace.Span{span}}
	s.Operation, s.Count = evidence.OperationAround(span), 1
	s.Saving.Basis, s.Confidence, s.Evidence = finding.Structural, finding.Medium, finding.Sufficient
	lasting := func(page int64) []path.Change {
		return []path.Change{path.Lasting(span, int64(float64(span.Duration)*float64(page)/float64(amount)))}
	}
	s.Low, s.High = lasting(min(10*page, amount/2)), lasting(page)
	s.Reason("%s, and takes %s", because, evidence.Ms(span.Duration))
	if inner := heaviestInside(e, span); inner != nil {
		s.Figures.Names = []string{inner.Name}
		s.Reason("%s of it is spent in `%s`", evidence.Ms(e.Self[inner.Index]), inner.Name)
	}
	s.Unless = "everything is needed: an export, a report"
	s.Fix = "ask for a page, and for the fields that are used"
	if c := e.CallOf[span.Index]; c != nil && c.Store {
		s.Fix = "ask for a page (LIMIT, with an index in its order) and for the columns that are used"
	}
	return s
}

// heaviestInside is the inner operation of the same process below span that takes half of its time or more itself, if one does:
// turning what came into something else, mostly.
func heaviestInside(e *evidence.Exam, span *trace.Span) *trace.Span {
	const most = 1000 // spans looked at
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

// limited reports whether a statement bounds its rows, in any database's words.
func limited(statement string) bool {
	return slices.ContainsFunc(strings.Fields(strings.ToLower(statement)), func(word string) bool {
		return word == "limit" || word == "top" || word == "fetch" || word == "rownum"
	})
}
