// Command lab runs Spanwise and tries it out.
//
//	$ go run ./services/lab/cmd/lab up
//	…
//	Ready in 1.9s. Try it:
//	  curl -i 'http://localhost:8080/orders/50?fetch=each'
//
// Its commands are listed by lab help; make help lists the same under shorter names.
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

	"golang.org/x/term"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	os.Exit(run(ctx, world{os.Getenv, os.Environ(), os.Stdout, os.Stderr}, os.Args[1:]))
}

// A world is what a command sees of the system.
type world struct {
	getenv  func(string) string
	environ []string
	stdout  io.Writer
	stderr  io.Writer
}

// A command is one of the lab's. To add one, add it to the list.
type command struct {
	name  string
	does  string
	flags func(*flag.FlagSet) func(context.Context, world) error // declares the flags, returns what to run
}

var commands = []command{
	{"up", "build what is missing, run everything here, stop it all on Ctrl-C", up},
	{"smoke", "try the whole system and check its traces span by span", smokeTest},
	{"bench", "measure a system of its own against what is promised", measure},
	{"drill", "break a system of its own under load and count its spans", drills},
	{"seed", "fill the catalogue that lab up uses with more products", seed},
	{"run", "play one scenario slow and fixed, and show what the doctor says (lab run -list)", played},
	{"score", "play every scenario, and compare what the doctor says with what was planted", scored},
	{"story", "tell a slowdown as a series of attempts to mend it: million-rows", told},
	{"export", "write every scenario's traces and their truth into a folder", exported},
	{"serve", "serve the lab's own page", serve},
	{"healthcheck", "ask the lab that serves beside this one whether it is ready", healthcheck},
}

// errUsage is an error that was told already, with the usage.
var errUsage = errors.New("usage")

// misuse is an error in how a command was called.
type misuse string

func (m misuse) Error() string { return string(m) }

// run runs the command and returns the exit code: 1 for a failure, 2 for a command that is not understood.
func run(ctx context.Context, w world, args []string) int {
	err := dispatch(ctx, w, args)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errUsage):
		return 2
	}
	fmt.Fprintln(w.stderr, "lab:", err)
	if wrong := misuse(""); errors.As(err, &wrong) {
		return 2
	}
	return 1
}

func dispatch(ctx context.Context, w world, args []string) error {
	if len(args) == 0 {
		usage(w.stderr)
		return errUsage
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		usage(w.stdout)
		return nil
	}
	for _, c := range commands {
		if c.name == args[0] {
			return c.run(ctx, w, args[1:])
		}
	}
	fmt.Fprintf(w.stderr, "lab: no such command: %s (lab help lists them)\n", args[0])
	return errUsage
}

func (c command) run(ctx context.Context, w world, args []string) error {
	set := flag.NewFlagSet(c.name, flag.ContinueOnError)
	set.SetOutput(w.stderr)
	set.Usage = func() {
		fmt.Fprintf(set.Output(), "lab %s: %s.\n", c.call(), c.does)
		set.PrintDefaults()
	}
	do := c.flags(set)
	switch err := parse(set, args); {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return errUsage
	}
	if c.tooMany(set) {
		if operand := operands[c.name]; operand != "" {
			return misuse(fmt.Sprintf("%s takes one %s, not %d: %s", c.name, operand, set.NArg(), strings.Join(set.Args(), " ")))
		}
		return misuse(fmt.Sprintf("%s takes no %q (lab %s -h lists its flags)", c.name, strings.Join(set.Args(), " "), c.name))
	}
	return do(ctx, w)
}

func usage(out io.Writer) {
	fmt.Fprintln(out, "usage: lab COMMAND [FLAGS]")
	for _, c := range commands {
		fmt.Fprintf(out, "  %-12s %s\n", c.name, c.does)
	}
	fmt.Fprintln(out, "lab COMMAND -h tells a command's flags.")
}

// terminal reports whether a person looks at out.
func terminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// colour reports whether to write in colours: to a terminal, unless NO_COLOR (https://no-color.org) is set.
func colour(w world, out io.Writer) bool {
	return terminal(out) && w.getenv("NO_COLOR") == "" && w.getenv("TERM") != "dumb"
}
