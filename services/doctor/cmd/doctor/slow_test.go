package main

import (
	"bytes"
	"context"
	"testing"
	"testing/synctest"
	"time"

	"spanwise/doctor/trace"
)

// frozen is a server that takes a while to answer.
type frozen struct {
	backend
	takes time.Duration
}

func (f frozen) Trace(context.Context, string) (*trace.Trace, error) {
	time.Sleep(f.takes)
	return trace.New("1", nil), nil
}

func (f frozen) String() string { return "http://jaeger" }

// A server that does not answer soon is announced, so that a person knows what the command waits for.
func TestSlowServerIsAnnounced(t *testing.T) {
	for takes, want := range map[time.Duration]string{
		time.Second:      "",
		20 * time.Second: "doctor: still waiting for http://jaeger to answer\n",
	} {
		synctest.Test(t, func(t *testing.T) {
			var stderr bytes.Buffer
			if _, err := (announced{frozen{takes: takes}, &stderr}).Trace(t.Context(), "1"); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if got := stderr.String(); got != want {
				t.Errorf("after %s, stderr has %q, want %q", takes, got, want)
			}
		})
	}
}
