package call

import (
	"testing"

	"spanwise/doctor/trace"
)

// A lookup that finds nothing is a response; an unreachable or missing place to look in is a failure.
func TestFoundNothing(t *testing.T) {
	for text, want := range map[string]bool{
		"redis: nil": true, "sql: no rows in result set": true, "mongo: no documents in result": true, "record not found": true,
		"Book matching query does not exist.": true, "memcache: cache miss": true, "No such key: loans:7": true, "The document was not found": true,
		"host not found": false, `relation "loans" does not exist`: false, "table loans not found": false, "no route to host": false,
		"invalid memory address or nil pointer dereference": false, "method not found": false,
	} {
		s := &trace.Span{Error: true, Attrs: trace.AttrsOf(map[string]string{"otel.status_description": text})}
		if Failed(s) == want {
			t.Errorf("%q: found nothing is %v, want %v", text, !want, want)
		}
	}
	for kind, want := range map[string]bool{"ActiveRecord::RecordNotFound": true, "DocumentNotFoundError": true, "UnknownHostException": false} {
		s := &trace.Span{Error: true, Events: []trace.Event{{Name: "exception", Attrs: trace.AttrsOf(map[string]string{"exception.type": kind})}}}
		if Failed(s) == want {
			t.Errorf("%s: found nothing is %v, want %v", kind, !want, want)
		}
	}
	if s := (&trace.Span{Error: true, Attrs: trace.AttrsOf(map[string]string{"db.response.status_code": "40001", "exception.message": "no rows"})}); !Failed(s) {
		t.Error("an error code of the database is taken for a response")
	}
	if s := (&trace.Span{Error: true, Attrs: trace.AttrsOf(map[string]string{"http.status_code": "500", "exception.message": "no rows"})}); !Failed(s) {
		t.Error("a 500 is taken for a response")
	}
}

// A name contains the method exactly once.
func TestWithMethod(t *testing.T) {
	for name, want := range map[string]string{"GET": "GET", "GET /x": "GET /x", "HTTP GET": "HTTP GET", "get": "get", "/x": "GET /x", "fetch": "GET fetch", "GETTER": "GET GETTER"} {
		if got := withMethod("GET", name); got != want {
			t.Errorf("withMethod(GET, %s) = %s, want %s", name, got, want)
		}
	}
}
