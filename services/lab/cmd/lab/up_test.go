package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"spanwise/lab/native"
)

// What make up prints last are the README's commands, for another terminal. They ask the Jaeger that this copy of the lab uses.
func TestWelcome(t *testing.T) {
	for _, test := range []struct {
		environ   []string
		pages     bool
		want, not []string
	}{
		{nil, true, []string{"Open http://localhost:8000\n", "in another terminal", "'http://localhost:8080/orders/50?fetch=each'", "\n    .bin/doctor $trace\n"},
			[]string{"JAEGER_BIN", "PORT_OFFSET"}},
		{nil, false, []string{"It has no web pages", "JAEGER_BIN="}, nil},
		{[]string{"PORT_OFFSET=1000"}, true, []string{"Open http://localhost:9000\n", ".bin/doctor -jaeger http://localhost:17686 $trace",
			"PORT_OFFSET=1000 .bin/lab run", "offset-1000"}, nil},
		{[]string{"PIPELINE=kafka-twice"}, true, []string{"pipeline   kafka-twice: an agent, Kafka, two sets of two gateways (docs/scale.md)\n", "sampling   tail"}, nil},
	} {
		s, err := native.FromEnv("/src", test.environ)
		if err != nil {
			t.Fatal(err)
		}
		text := welcome(s, test.pages, time.Second)
		for _, want := range test.want {
			if !strings.Contains(text, want) {
				t.Errorf("%v: got\n%s\nwant %q in it", test.environ, text, want)
			}
		}
		for _, not := range test.not {
			if strings.Contains(text, not) {
				t.Errorf("%v: got\n%s\nwant no %q in it", test.environ, text, not)
			}
		}
		if n := strings.Count(text, "\n"); n > 20 {
			t.Errorf("%v: got %d lines, want at most 20", test.environ, n)
		}
	}
}

// The page learns that the Collector, once it is there, waits for Jaeger.
func TestProgressOf(t *testing.T) {
	got := progressOf(map[string]string{native.Jaeger: "compiling"})
	if diff := cmp.Diff(map[string]string{"Jaeger": "compiling", "Collector": "starts after Jaeger"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := progressOf(nil); len(got) > 0 {
		t.Errorf("nothing happens: got %v", got)
	}
}
