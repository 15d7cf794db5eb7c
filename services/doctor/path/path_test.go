package path_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spanwise/doctor/path"
	"spanwise/doctor/trace"
	"spanwise/doctor/trace/tracetest"
)

func parse(t *testing.T, text string) *trace.Trace {
	t.Helper()
	traces, err := tracetest.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return traces[0]
}

// The critical path consists of the spans that the request waited for, and of no others.
func TestCritical(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"one after another, touching", `
a: root [- 0 200]
  b: first [- 100 50]
  b: second [- 150 50]`, "root 0-100, first 100-150, second 150-200"},
		{"a span without duration between two others", `
a: root [- 0 100]
  b: first [- 0 50]
  b: point [- 50 0]
  b: second [- 50 50]`, "first 0-50, second 50-100"},
		{"side by side", `
a: root [- 0 100]
  b: short [- 10 40]
  b: long [- 10 80]`, "root 0-10, long 10-90, root 90-100"},
		{"fire and forget", `
a: root [- 0 100]
  a: waited-for [- 10 60]
  a: forgotten [- 20 4980]`, "root 0-10, waited-for 10-70, root 70-100"},
		{"the caller gave up", `
a: root [server 0 100]
  a: call [client 10 80]
    b: work [server 20 500]`, "root 0-10, call→b 10-20, work 20-90, root 90-100"},
		{"a child that encloses its parent", `
a: root [- 0 40]
  a: inner [- 10 20]
    b: outer [- 5 30]`, "root 0-10, outer 10-30, root 30-40"},
		{"a message consumed", `
a: root [server 0 100]
  a: publish [producer 10 20]
    b: consume [consumer 15 80]`, "root 0-10, publish 10-30, root 30-100"},
		{"messages of a batch, processed one after another", `
a: poll [consumer 0 100]
  a: process [consumer 10 30]
  a: process [consumer 50 40]`, "poll 0-10, process 10-40, poll 40-50, process 50-90, poll 90-100"},
		{"request and reply over a queue", `
a: root [server 0 100]
  a: ask [producer 10 80]
    b: answer [consumer 20 60]`, "root 0-10, ask→b 10-20, answer 20-80, ask→b 80-90, root 90-100"},
		{"request and reply over a queue, without a producer span", `
a: root [server 0 100]
  b: answer [consumer 20 60]
  a: use [- 85 10]`, "root 0-20, answer 20-80, root 80-85, use 85-95, root 95-100"},
		{"a message processed while its sender does something else", `
a: root [server 0 100]
  b: consume [consumer 20 60]
  a: query [client 30 65 db.system=postgresql]`, "root 0-30, query→postgresql 30-95, root 95-100"},
		{"a producer's own work to send", `
a: root [server 0 100]
  a: publish [producer 10 20]
    a: serialise [internal 12 10]`, "root 0-10, publish 10-12, serialise 12-22, publish 22-30, root 30-100"},
		{"the client's wait outside the server's span is on the edge", `
a: root [server 0 100]
  a: call [client 10 80]
    b: work [server 60 10]`, "root 0-10, call→b 10-60, work 60-70, call→b 70-90, root 90-100"},
		{"a database is an edge", `
a: root [server 0 100]
  a: query [client 10 80 db.system=postgresql]`, "root 0-10, query→postgresql 10-90, root 90-100"},
		{"rounded by another process's clock", `
a: root [server 0 258111]
  a: connect [internal 1000 123700]
  b: answer [server 124ms 100ms]`, "root 0-1000, connect 1000-124000, answer 124000-224000, root 224000-258111"},
		{"no duration at all", `
a: root [- 0 0]
  a: child [- 0 0]`, ""},
		{"before its parent", `
a: root [- 0 100]
  b: early [- -50 60]`, "early 0-10, root 10-100"},
		{"after its parent", `
a: root [- 0 100]
  b: late [- 150 60]`, "root 0-100"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tr := parse(t, c.text)
			var parts []string
			for _, s := range path.Critical(tr, tr.Roots[0]) {
				name := s.Span.Name
				if s.Callee() != "" {
					name += "→" + s.Callee()
				}
				parts = append(parts, fmt.Sprintf("%s %d-%d", name, s.Lo-tracetest.Epoch, s.Hi-tracetest.Epoch))
			}
			if diff := cmp.Diff(c.want, strings.Join(parts, ", ")); diff != "" {
				t.Errorf("critical path (-want +got):\n%s", diff)
			}
		})
	}
}

// Each change shortens the root as it would shorten a request of that shape.
func TestReplay(t *testing.T) {
	const serial = `
a: root [- 0 100ms]
  b: one [- 10ms 20ms]
  b: two [- 31ms 30ms]
  b: three [- 62ms 30ms]`
	const nested = `
a: root [- 0 100ms]
  a: wrapper [- 10ms 50ms]
    b: inside [- 20ms 30ms]
  b: parallel [- 10ms 40ms]
  b: after [- 61ms 20ms]`
	const branches = `
a: root [- 0 100ms]
  b: one [- 10ms 20ms]
  b: other [- 10ms 40ms]
  b: after-one [- 30ms 50ms]
  b: after-other [- 50ms 40ms]`
	const join = `
a: root [- 0 100ms]
  b: one [- 10ms 20ms]
  b: other [- 10ms 40ms]
  b: next [- 50ms 40ms]
  b: last [- 51ms 40ms]`
	for _, c := range []struct {
		name, text string
		change     func(s map[string]*trace.Span) []path.Change
		want       trace.Micros
	}{
		{"nothing", serial, func(map[string]*trace.Span) []path.Change { return nil }, 100_000},
		{"one call shorter", serial, func(s map[string]*trace.Span) []path.Change { return []path.Change{path.Capped(s["two"], 10_000)} }, 80_000},
		{"one call removed, its pause stays", serial, func(s map[string]*trace.Span) []path.Change { return []path.Change{path.Capped(s["two"], 0)} }, 70_000},
		{"one call removed with its pause", serial, func(s map[string]*trace.Span) []path.Change { return []path.Change{path.Removed(s["two"])} }, 69_000},
		{"all together", serial, func(s map[string]*trace.Span) []path.Change {
			return []path.Change{path.Together(s["one"], s["two"], s["three"])}
		}, 10_000 + 30_000 + 8_000},
		{"two at a time", serial, func(s map[string]*trace.Span) []path.Change {
			return []path.Change{path.AtMost(2, s["one"], s["two"], s["three"])}
		}, 10_000 + 20_000 + 30_000 + 8_000},
		{"never longer", serial, func(s map[string]*trace.Span) []path.Change { return []path.Change{path.Capped(s["two"], 90_000)} }, 100_000},
		{"the span that runs in parallel then decides", nested, func(s map[string]*trace.Span) []path.Change { return []path.Change{path.Capped(s["inside"], 0)} }, 90_000},
		{"only its self time", nested, func(s map[string]*trace.Span) []path.Change {
			return []path.Change{path.LessSelfTime(s["wrapper"], 5_000)}
		}, 95_000},
		{"changes combine", nested, func(s map[string]*trace.Span) []path.Change {
			return []path.Change{path.Capped(s["inside"], 0), path.Capped(s["parallel"], 0), path.Capped(s["after"], 0)}
		}, 50_000},
		{"a parallel branch does not wait for its neighbor", branches, func(s map[string]*trace.Span) []path.Change {
			return []path.Change{path.Capped(s["other"], 0)}
		}, 90_000},
		{"whoever starts after all of them waits for all", join, func(s map[string]*trace.Span) []path.Change {
			return []path.Change{path.Capped(s["other"], 0)}
		}, 80_000},
		{"after one of them", join, func(s map[string]*trace.Span) []path.Change {
			return []path.Change{path.Capped(s["one"], 0), path.After(s["one"], s["next"]), path.After(s["one"], s["last"])}
		}, 80_000},
		{"the root itself", serial, func(s map[string]*trace.Span) []path.Change { return []path.Change{path.Capped(s["root"], 1000)} }, 1000},
	} {
		t.Run(c.name, func(t *testing.T) {
			tr := parse(t, c.text)
			byName := map[string]*trace.Span{}
			for _, s := range tr.Spans {
				byName[s.Name] = s
			}
			if got := path.New(tr).Replay(tr.Roots[0], c.change(byName)...); got != c.want {
				t.Errorf("replay takes %d µs, want %d", got, c.want)
			}
		})
	}
}
