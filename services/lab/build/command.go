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

// goCommand runs the go command in dir and shows its progress. Its error says what to do next.
func goCommand(ctx context.Context, dir string, env, args []string, step *step) error {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = step, step
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // so that it removes its temporary files
	cmd.WaitDelay = 5 * time.Second
	err := cmd.Run()
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("interrupted while building %s: packages compiled so far are kept; run the same command again to continue", step.name)
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return fmt.Errorf("build %s: %w", step.name, err)
	}
	return fmt.Errorf("build %s: %s", step.name, advice(step.text.String()))
}

// offline matches the go command's output when it cannot reach a module proxy.
var offline = regexp.MustCompile(`(?m)^.*(dial tcp|no such host|i/o timeout|TLS handshake timeout|network is unreachable|` +
	`connection refused|proxyconnect|GOPROXY=off|Temporary failure in name resolution).*$`)

var full = regexp.MustCompile(`(?m)^.*no space left on device.*$`)

// advice turns the go command's output into what to do about it.
func advice(output string) string {
	if cause := offline.FindString(output); cause != "" {
		return "cannot download its modules: connect to the internet, or set GOPROXY to a reachable module proxy\n  " + strings.TrimSpace(cause)
	}
	if cause := full.FindString(output); cause != "" {
		return "the disk is full: free some space, for example with go clean -cache\n  " + strings.TrimSpace(cause)
	}
	return "go build says\n  " + strings.ReplaceAll(lastLines(output, 15), "\n", "\n  ")
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
