// Package status finds out which parts of a running system are ready, and what happens to those that are not. Describe the
// parts with a [Checker] and call [Checker.Check]. The program that starts a system can add what it is doing for a part, such as
// building it, with [WriteProgress].
package status

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"syscall"
	"time"

	"spanwise/internal/rest"
)

// A Part is the state of one program.
type Part struct {
	Name  string `json:"name"`
	Ready bool   `json:"ready"`
	State string `json:"state,omitempty"` // why it is not ready, for a person
}

// A Target is a part and how to ask whether it is ready.
type Target struct {
	Name string
	URL  string // answers with a 2xx if the part is ready
}

// A Checker checks the parts of one system. It is safe for concurrent use.
type Checker struct {
	Client   *http.Client
	Targets  []Target
	Progress string // a file that [WriteProgress] writes; may be "" or missing
}

const (
	// patience is how long a part may take to answer.
	patience = time.Second
	// fresh is how old a file of progress may be. An older one is from a start that was killed.
	fresh = 5 * time.Second
)

// Check asks all parts at the same time, and returns their states in the order of the targets.
func (c Checker) Check(ctx context.Context) []Part {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	parts := make([]Part, len(c.Targets))
	var all sync.WaitGroup
	for i, t := range c.Targets {
		all.Go(func() {
			_, err := rest.Fetch(ctx, c.Client, t.URL)
			parts[i] = Part{Name: t.Name, Ready: err == nil, State: describe(err)}
		})
	}
	progress := readProgress(c.Progress)
	all.Wait()
	for i, p := range parts {
		if state := progress[p.Name]; state != "" && !p.Ready {
			parts[i].State = state
		}
	}
	return parts
}

// Missing returns the parts that are not ready.
func Missing(parts []Part) (missing []Part) {
	for _, p := range parts {
		if !p.Ready {
			missing = append(missing, p)
		}
	}
	return missing
}

func describe(err error) string {
	unknown := (*net.DNSError)(nil)
	switch {
	case err == nil:
		return ""
	case errors.Is(err, syscall.ECONNREFUSED):
		return "is not running"
	case errors.As(err, &unknown): // between containers, a name that belongs to no running one
		return fmt.Sprintf("is not running, or restarts again and again (try: docker compose logs %s)", unknown.Name)
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("gives no answer within %v", patience)
	}
	return err.Error()
}

// WriteProgress writes what happens to parts by name. Write it again at least every second: an old file counts as none. No
// parts remove the file.
func WriteProgress(file string, progress map[string]string) error {
	if len(progress) == 0 {
		return os.RemoveAll(file)
	}
	text, err := json.Marshal(progress)
	if err != nil {
		return err
	}
	draft := file + ".new"
	if err := os.WriteFile(draft, text, 0o644); err != nil {
		return err
	}
	return os.Rename(draft, file) // so that it is never read half written
}

// readProgress returns what happens to parts, or nil if that is unknown.
func readProgress(file string) (progress map[string]string) {
	info, err := os.Stat(file)
	if err != nil || time.Since(info.ModTime()) > fresh {
		return nil
	}
	text, err := os.ReadFile(file)
	if err != nil || json.Unmarshal(text, &progress) != nil {
		return nil
	}
	return progress
}
