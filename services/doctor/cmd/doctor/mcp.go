package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime/debug"

	"golang.org/x/term"

	"spanwise/doctor"
	"spanwise/doctor/mcp"
)

const mcpHelp = `doctor mcp offers the doctor's diagnoses to AI agents, as tools of the Model Context Protocol on stdin and stdout.
An MCP client starts it; see "The doctor for agents" in docs/doctor.md for how to configure one.

The tools are read-only. They read traces from one Jaeger or Tempo, and files in one folder, and from nowhere else.

`

// serveTools is the command doctor mcp: it serves one client until that closes stdin.
func serveTools(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	o := &options{given: map[string]bool{}}
	f := flag.NewFlagSet("doctor mcp", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	o.serverFlags(f)
	dir := f.String("root", ".", "read files in this `FOLDER` and below, and no others; \"\" for no files at all")
	f.Func("ignore", "do not count the findings that this `FILE` lists, see doctor -help", o.openIgnored)
	switch err := f.Parse(args); {
	case err == flag.ErrHelp:
		fmt.Fprint(stdout, mcpHelp)
		f.SetOutput(stdout)
		f.PrintDefaults()
		return err
	case err != nil:
		return mcpUsage(err.Error())
	case f.NArg() > 0:
		return mcpUsage(fmt.Sprintf("an agent names the traces, so leave out %q", f.Arg(0)))
	}
	f.Visit(func(f *flag.Flag) { o.given[f.Name] = true })
	if err := o.checkServer(); err != nil {
		return err
	}
	o.redirect = sameHost
	files, err := openFolder(*dir)
	if err != nil {
		return fmt.Errorf("-root: %w", err)
	}
	defer files.Close()
	if in, ok := stdin.(*os.File); ok && term.IsTerminal(int(in.Fd())) {
		fmt.Fprint(stderr, "doctor mcp speaks the Model Context Protocol, as JSON on stdin; it is for an MCP client to start (try: doctor mcp -help). Ctrl-C ends it.\n")
	}
	server := mcp.New(&toolSource{o, files, stderr}, buildVersion(), doctor.Ignore(o.ignored.Reason))
	return mcp.Serve(ctx, server, stdin, stdout)
}

// A mcpUsage error is a usage error of doctor mcp.
func mcpUsage(text string) error { return usage(text + " (try: doctor mcp -help)") }

// sameHost keeps requests from being redirected to other hosts.
func sameHost(to *http.Request, via []*http.Request) error {
	switch {
	case to.URL.Host != via[0].URL.Host:
		return fmt.Errorf("redirected to %s, where this server may not read", to.URL.Host)
	case len(via) >= 10:
		return errors.New("redirected 10 times")
	}
	return nil
}

// buildVersion is the version that the go command recorded in this build.
func buildVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Version
	}
	return "unknown"
}
