package main

import (
	"flag"
	"strings"
)

// operands are the names of what commands take beside their flags; those not in here take nothing.
var operands = map[string]string{
	"run":    "SCENARIO",
	"export": "DIR",
	"story":  "NAME",
}

// parse parses flags on both sides of operands, which the set then holds alone.
func parse(set *flag.FlagSet, args []string) error {
	var rest []string
	for {
		if err := set.Parse(args); err != nil {
			return err
		}
		if set.NArg() == 0 {
			return set.Parse(append([]string{"--"}, rest...))
		}
		rest, args = append(rest, set.Arg(0)), set.Args()[1:]
	}
}

// call is the command as it is typed.
func (c command) call() string { return strings.TrimSpace(c.name + " " + operands[c.name]) }

// tooMany reports whether there are more operands than the command takes.
func (c command) tooMany(set *flag.FlagSet) bool {
	return set.NArg() > 1 || set.NArg() == 1 && operands[c.name] == ""
}
