// Package ignore reads the file in which a project lists the findings that it has decided to live with. Call [Open], and pass
// [List.Reason] to doctor.Ignore.
//
// Each line is a finding, as a report titles it, and the reason for ignoring it:
//
//	# Lines that begin with # are comments.
//	n-plus-one in order: GET /orders/{id} → pricing  # orders have at most three lines
//	slow-self in thumbnails                          # scaling images is its job
//	cold-connect in batch-*: POST /jobs/*            # one connection per job is fine
//
// The callee, the operation and the service may be left out, which means any; * stands for any text. An arrow may be typed as ->.
package ignore

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"spanwise/doctor"
)

// A List is the entries of a file. A nil List ignores nothing. It is not safe for concurrent use, because it remembers which entries
// have matched.
type List struct {
	name    string
	entries []*entry
}

// An entry is one line. Empty patterns match everything.
type entry struct {
	line                             int
	text, reason                     string
	kind, service, operation, callee pattern
	used                             bool
}

// Open reads a file.
func Open(name string) (*List, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return Parse(name, f)
}

// Parse reads entries from r. Errors begin with name and line, and all of them are reported.
func Parse(name string, r io.Reader) (*List, error) {
	l := &List{name: name}
	var problems []error
	lines := bufio.NewScanner(r)
	n := 0
	for lines.Scan() {
		n++
		text := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		e, err := parse(text)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s:%d: %w", name, n, err))
			continue
		}
		e.line = n
		l.entries = append(l.entries, e)
	}
	if err := lines.Err(); err != nil {
		problems = append(problems, fmt.Errorf("%s:%d: %w", name, n+1, err))
	}
	return l, errors.Join(problems...)
}

// parse reads an entry. A # begins the reason if white space is on both sides, because names may contain one.
func parse(text string) (*entry, error) {
	what, reason := text, ""
	for i, r := range text {
		if r == '#' && isBlank(text[i-1:i]) && (i+1 == len(text) || isBlank(text[i+1:i+2])) {
			what, reason = text[:i], text[i+1:]
			break
		}
	}
	e := &entry{text: strings.TrimSpace(what), reason: strings.TrimSpace(reason)}
	if e.reason == "" {
		return nil, fmt.Errorf("%q has no reason (try: %s # why)", e.text, e.text)
	}
	kind, place, _ := strings.Cut(e.text, " in ")
	place = strings.ReplaceAll(place, "…", "*") // a report shortens long names like this
	place, callee, found := strings.Cut(place, " → ")
	if !found {
		place, callee, _ = strings.Cut(place, " -> ")
	}
	service, operation, _ := strings.Cut(place, ": ")
	e.kind, e.service, e.operation, e.callee = patternOf(kind), patternOf(service), patternOf(operation), patternOf(callee)
	if !slices.ContainsFunc(doctor.Kinds(), func(k doctor.KindInfo) bool { return e.kind.matches(string(k.Kind)) }) {
		return nil, fmt.Errorf("no such kind: %s (try: doctor explain)", kind)
	}
	return e, nil
}

func isBlank(s string) bool { return s == " " || s == "\t" }

// Reason returns why a finding is ignored, and where the file says so. It is empty if the finding is not ignored.
func (l *List) Reason(f doctor.Finding) (reason string) {
	if l == nil {
		return ""
	}
	for _, e := range l.entries {
		if e.matches(f) {
			e.used = true
			if reason == "" {
				reason = fmt.Sprintf("%s (%s:%d)", e.reason, l.name, e.line)
			}
		}
	}
	return reason
}

func (e *entry) matches(f doctor.Finding) bool {
	return e.kind.matches(string(f.Kind)) && e.service.matches(f.Service) && e.operation.matches(f.Operation) && e.callee.matches(f.Callee)
}

// Unused describes the entries that have matched nothing so far.
func (l *List) Unused() (lines []string) {
	if l == nil {
		return nil
	}
	for _, e := range l.entries {
		if !e.used {
			lines = append(lines, fmt.Sprintf("%s:%d: %q matches no finding", l.name, e.line, e.text))
		}
	}
	return lines
}
