#!/usr/bin/env bash
# A `valid:"url"` tag on a list checks only its first item, and takes a host name without a dot for a mistake.
#
# govalidator's typeCheck deletes each validator from the field's options once it has run, so that what is left must be unknown ones. A list is checked item by item
# with the same options, which are empty from the second item on. Jaeger checks the addresses of Elasticsearch, OpenSearch and Cassandra this way: `jaeger validate`
# refuses `cassandra`, the usual name of a service, accepts `cassandra:9042`, and says nothing about a second address, whatever it is.
#
# Output with govalidator v0.0.0-20230301143203-a9d515a09cc2:
#
#   [not a url]                            refused
#   [http://one.example:9200 not a url]    accepted
#   [not a url http://one.example:9200]    refused
#   [cassandra]                            refused
#   [cassandra:9042]                       accepted
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module validator
go 1.26
require github.com/asaskevich/govalidator v0.0.0-20230301143203-a9d515a09cc2
MOD

cat >main.go <<'GO'
package main

import (
	"fmt"
	"log"

	"github.com/asaskevich/govalidator"
)

type config struct {
	Servers []string `valid:"required,url"`
}

func main() {
	changed := false
	for _, c := range []struct {
		servers []string
		accepts bool
	}{
		{[]string{"not a url"}, false},
		{[]string{"http://one.example:9200", "not a url"}, true},
		{[]string{"not a url", "http://one.example:9200"}, false},
		{[]string{"cassandra"}, false},
		{[]string{"cassandra:9042"}, true},
	} {
		accepts, _ := govalidator.ValidateStruct(config{c.servers})
		fmt.Printf("%-39s%s\n", fmt.Sprint(c.servers), map[bool]string{true: "accepted", false: "refused"}[accepts])
		changed = changed || accepts != c.accepts
	}
	if changed {
		log.Fatal("the behaviour has changed")
	}
}
GO
go run . 2>build.log || { cat build.log >&2; exit 1; }
