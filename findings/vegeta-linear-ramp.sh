#!/usr/bin/env bash
# vegeta: a ramp from 0 requests a second is sent without any pause, and one from 1 starts with a silence and a burst.
#
# LinearPacer is vegeta's ramp: "starting at a given request rate and increasing linearly with the given slope". With StartAt{Freq: 0}, the natural way to say
# "from nothing to 20/s", Pace never waits: 0 stands for an infinite rate, as for a constant one, and the slope is ignored. So a ramp that should spare a service floods it.
# With StartAt{Freq: 1}, the wait for the second request is computed from the rate at that moment, 1/s, as if there were no slope, and is almost 2 s. By then
# about 20 requests are overdue, and are sent at once. From 10/s on, each second differs by one request at most.
#
# Attack runs here with 4 workers against a handler on loopback; the numbers of the first line depend on the machine.
#
# Output with vegeta v12.13.0 (the lib of github.com/tsenart/vegeta/v12):
#
#   requests in each of 4 seconds, from a rate that grows by 10/s every second:
#   from  0/s: [12220 18937 20300 18403], planned [5 15 25 35]
#   from  1/s: [1 20 26 36], planned [6 16 26 36]
#   from 10/s: [14 25 35 45], planned [15 25 35 45]
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module ramp
go 1.26
require github.com/tsenart/vegeta/v12 v12.13.0
MOD

cat >main.go <<'GO'
package main

import (
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

const slope, length = 10, 4

// attack returns how many requests were sent in each second.
func attack(target string, start int) (sent [length]int) {
	pacer := vegeta.LinearPacer{StartAt: vegeta.Rate{Freq: start, Per: time.Second}, Slope: slope}
	targeter := vegeta.NewStaticTargeter(vegeta.Target{Method: "GET", URL: target})
	began := time.Now()
	for r := range vegeta.NewAttacker(vegeta.MaxWorkers(4)).Attack(targeter, pacer, length*time.Second, "") {
		if second := int(r.Timestamp.Sub(began) / time.Second); second < length {
			sent[second]++
		}
	}
	return sent
}

func main() {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	fmt.Println("requests in each of 4 seconds, from a rate that grows by 10/s every second:")
	first := make(map[int]int)
	for _, start := range []int{0, 1, 10} {
		var planned [length]int
		for second := range planned {
			planned[second] = start + slope*second + slope/2
		}
		sent := attack(server.URL, start)
		fmt.Printf("from %2d/s: %v, planned %v\n", start, sent, planned)
		first[start] = sent[0]
	}
	if first[0] < 10*(slope/2) || first[1] > 2 {
		log.Fatal("changed: a ramp from 0 is not a flood any more, or one from 1 has no silence")
	}
}
GO
go run .
