// Command lab runs Spanwise and tries it out.
//
//	$ go run ./services/lab/cmd/lab up
//	…
//	Ready in 1.9s. Open http://localhost:8000 to try slowdowns and see the doctor's diagnoses, or continue here.
//
// lab help lists its commands. make help lists the same commands under shorter names.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"spanwise/doctor/read"
	"spanwise/lab/native"
	"spanwise/lab/setting"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	os.Exit(run(ctx, env{native.Addresses(os.Getenv), os.Environ(), os.Stdout, os.Stderr}, os.Args[1:]))
}

// An env is what a command gets from the operating system.
type env struct {
	getenv  func(string) string
	environ []string
	stdout  io.Writer
	stderr  io.Writer
}

// A command is one of the lab's commands.
type command struct {
	name    string
	operand string // what it takes in addition to flags; "" for nothing
	does    string
	flags   func(*flag.FlagSet) func(context.Context, env) error // declares the flags and returns what to run
}

var commands = []command{
	{"up", "", "get what is missing and run everything on this machine until Ctrl-C", up},
	{"smoke", "", "check that a system works: its spans in Jaeger and the doctor's diagnoses", smokeTest},
	{"bench", "", "start a separate system and measure it against its targets", benchmark},
	{"load", "", "send requests to a running shop at a steady rate, and measure how long each waits from when it was due", loadShop},
	{"capacity", "", "compute what a rate of requests needs: processors, bandwidth, memory, disks; or measure what one core carries", planCapacity},
	{"drill", "", "break systems of their own under load in many ways, and account for every span", runDrills},
	{"scale", "", "break pipelines of agents, gateways and Kafka, and account for every trace", runScale},
	{"profile", "", "write a flame graph of a service under load, or during a scenario", profileService},
	{"seed", "", "add products to the catalogue that lab up uses", seed},
	{"run", "SCENARIO", "play one scenario slow and fixed, and show the doctor's diagnosis (lab run -list)", runScenario},
	{"score", "", "play every scenario and compare the doctor's diagnoses with what was planted", scoreAll},
	{"story", "NAME", "measure successive fixes of one slow list (million-rows), or what sampling keeps (sampling)", runStory},
	{"export", "DIR", "write the traces of every scenario, with their labels, into a folder", exportTraces},
	{"serve", "", "serve the lab's page", serve},
	{"healthcheck", "", "check whether the running lab server, or the one at -url, is ready", healthcheck},
}

// misuse is an error in how a command was called. It is empty if it has been reported already.
type misuse string

func (m misuse) Error() string { return string(m) }

// run runs a command and returns the exit code: 1 for a failure, 2 for wrong usage.
func run(ctx context.Context, e env, args []string) int {
	switch err := dispatch(ctx, e, args).(type) {
	case nil:
		return 0
	case misuse:
		if err != "" {
			fmt.Fprintln(e.stderr, "lab:", err)
		}
		return 2
	default:
		fmt.Fprintln(e.stderr, "lab:", read.Fact(err)) // without advice about flags that only the doctor has
		return 1
	}
}

func dispatch(ctx context.Context, e env, args []string) error {
	if len(args) == 0 {
		usage(e.stderr)
		return misuse("")
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		usage(e.stdout)
		return nil
	}
	for _, c := range commands {
		if c.name == args[0] {
			return c.run(ctx, e, args[1:])
		}
	}
	return misuse(fmt.Sprintf("no such command: %s (lab help lists the commands)", args[0]))
}

func usage(out io.Writer) {
	fmt.Fprintln(out, "usage: lab COMMAND [FLAGS]")
	for _, c := range commands {
		fmt.Fprintf(out, "  %-12s %s\n", c.name, c.does)
	}
	fmt.Fprintln(out, "Run 'lab COMMAND -h' for the flags of a command.")
}

func (c command) run(ctx context.Context, e env, args []string) error {
	set := flag.NewFlagSet(c.name, flag.ContinueOnError)
	set.SetOutput(io.Discard) // parse's errors are printed here, without the whole help
	set.Usage = func() {}
	help := func() {
		set.SetOutput(e.stderr)
		fmt.Fprintf(e.stderr, "lab %s: %s.\n", strings.TrimSpace(c.name+" "+c.operand), c.does)
		set.PrintDefaults()
		if c.name == "up" {
			setting.Help(e.stderr)
		}
	}
	do := c.flags(set)
	switch err := parse(set, args); {
	case errors.Is(err, flag.ErrHelp):
		help()
		return nil
	case err != nil:
		return misuse(fmt.Sprintf("%s (lab %s -h lists its flags)", wrongFlag(err), c.name))
	}
	switch given := strings.Join(set.Args(), " "); {
	case c.operand == "" && set.NArg() > 0:
		return misuse(fmt.Sprintf("%s takes no %q (lab %s -h lists its flags)", c.name, given, c.name))
	case set.NArg() > 1:
		return misuse(fmt.Sprintf("%s takes one %s, not %d: %s", c.name, c.operand, set.NArg(), given))
	}
	if err := native.CheckAddresses(e.getenv); err != nil {
		return err
	}
	return do(ctx, e)
}

// wrongFlag says what is wrong with a flag. To the flag package, all that is not a number is a "parse error".
func wrongFlag(err error) string {
	want := "want a number"
	if strings.HasPrefix(err.Error(), "invalid boolean") {
		want = "want true or false"
	}
	text, found := strings.CutSuffix(err.Error(), "parse error")
	if !found {
		return err.Error()
	}
	return text + want
}

// parse accepts flags before and after operands. Afterwards set.Args are the operands.
func parse(set *flag.FlagSet, args []string) error {
	var operands []string
	for {
		if err := set.Parse(args); err != nil {
			return err
		}
		if set.NArg() == 0 {
			return set.Parse(append([]string{"--"}, operands...))
		}
		operands, args = append(operands, set.Arg(0)), set.Args()[1:]
	}
}
