package build

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"
)

// goCommand runs the go command in dir, tells step what it does, and on failure says what to do next.
func goCommand(ctx context.Context, dir string, env, args []string, step *step) error {
	step.begin()
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = step, step
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // lets it remove its temporary files
	cmd.WaitDelay = 5 * time.Second
	err := cmd.Run()
	step.end(err)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("interrupted while building %s: what is compiled so far is kept, run the same again to go on", step.name)
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return fmt.Errorf("build %s: %w", step.name, err)
	}
	return fmt.Errorf("build %s: %s", step.name, advice(step.output()))
}

// offline matches what the go command says when it cannot reach a module proxy.
var offline = regexp.MustCompile(`(?m)^.*(dial tcp|no such host|i/o timeout|TLS handshake timeout|network is unreachable|connection refused|proxyconnect|GOPROXY=off|Temporary failure in name resolution).*$`)

var full = regexp.MustCompile(`(?m)^.*no space left on device.*$`)

// advice turns what the go command said into what a person can do.
func advice(output string) string {
	if cause := offline.FindString(output); cause != "" {
		return "its modules cannot be downloaded: connect to the internet, or set GOPROXY to a module proxy that can be reached\n  " + strings.TrimSpace(cause)
	}
	if cause := full.FindString(output); cause != "" {
		return "the disk is full: free some, for example with go clean -cache\n  " + strings.TrimSpace(cause)
	}
	return "go build says\n  " + strings.ReplaceAll(lastLines(output, 15), "\n", "\n  ")
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
