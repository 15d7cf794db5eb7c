#!/usr/bin/env bash
# vegeta: Stop does not end the pause before the next request and lets it go in half of the cases, and a second Attack of the same Attacker ends almost at once.
#
# Attacker.Stop closes a channel. Attack looks at it only after time.Sleep(wait), the pause before the next request (lib/attack.go): at 6 requests a minute, it
# goes on for up to 10 s. Then the channel and a worker are both ready, and select takes one of them at random: half of the attacks send the request, and a
# quarter the one after it as well.
# An attack closes the channel when it ends by itself, too, and nothing opens it again. So a second Attack of the same Attacker, such as the next level of load on
# the open connections, sends none, one or a few of its requests, by the same chance. It reports no error, and its results look like any others.
#
# Output with vegeta v12.13.0 (the lib of github.com/tsenart/vegeta/v12); the second and the last two numbers depend on chance:
#
#   100 attacks, a request every second, Stop 0.8 s before the next: 52 send it
#   100 Attackers attack twice, with 20 requests: 2000 requests the first time, 103 the second time, 6 at most in one attack
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module stop
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

const (
	attacks  = 100
	requests = 20
)

// counted is a Pacer that stops after so many requests, whatever the machine's speed.
type counted struct{}

func (counted) Pace(_ time.Duration, sent uint64) (time.Duration, bool) {
	return time.Millisecond, sent == requests
}

func (counted) Rate(time.Duration) float64 { return 1000 }

func main() {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	targeter := vegeta.NewStaticTargeter(vegeta.Target{Method: "GET", URL: server.URL})

	late := make(chan int)
	for range attacks {
		go func() {
			attacker, began := vegeta.NewAttacker(), time.Now()
			results := attacker.Attack(targeter, vegeta.Rate{Freq: 1, Per: time.Second}, 0, "")
			<-results // after 1 s; the next request is due after 2 s
			time.Sleep(200 * time.Millisecond)
			attacker.Stop()
			stopped, sent := time.Now(), 0
			for r := range results {
				if r.Timestamp.After(stopped) {
					sent++
				}
			}
			if time.Since(began) < 1900*time.Millisecond {
				log.Fatal("changed: Stop ends the pause")
			}
			late <- sent
		}()
	}
	withLate := 0
	for range attacks {
		if <-late > 0 {
			withLate++
		}
	}
	fmt.Printf("%d attacks, a request every second, Stop 0.8 s before the next: %d send it\n", attacks, withLate)

	var first, second, most int
	for range attacks {
		attacker := vegeta.NewAttacker()
		attack := func() (sent int) {
			for range attacker.Attack(targeter, counted{}, 0, "") {
				sent++
			}
			return sent
		}
		first += attack()
		n := attack()
		second += n
		most = max(most, n)
	}
	fmt.Printf("%d Attackers attack twice, with %d requests: %d requests the first time, %d the second time, %d at most in one attack\n",
		attacks, requests, first, second, most)
	if withLate == 0 || first != attacks*requests || second > first/4 {
		log.Fatal("the behaviour has changed")
	}
}
GO
go run . 2>run.log || { cat run.log >&2; exit 1; }
