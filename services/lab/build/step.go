package build

import (
	"bytes"
	"strings"
	"sync"
	"time"

	"github.com/dustin/go-humanize"
)

// A step is one download or build. The output of its go commands is written to it.
type step struct {
	to      *Progress
	name    string
	done    string
	started time.Time

	mu       sync.Mutex
	state    string // of a download
	text     bytes.Buffer
	part     []byte // of a line, until the rest arrives
	counting bool   // what is written are the packages to compile, not those that are compiled
	total    int    // packages to compile; 0 if that is unknown
	final    string // the last of them; after it comes the linker
	compiled int
	modules  int // downloaded
}

// set sets what is shown of the step.
func (s *step) set(state string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state = state
}

// now describes the state of the step.
func (s *step) now() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// count says whether the go command lists packages that must be compiled, or compiles them.
func (s *step) count(listing bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counting = listing
	if listing {
		s.state = "looking for its modules"
	} else if s.total > 0 {
		s.state = humanize.Comma(int64(s.total)) + " packages to compile"
	}
}

// Write receives a go command's output: lines about modules that it downloads, and the names of packages.
func (s *step) Write(text []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.Write(text)
	s.part = append(s.part, text...)
	end := bytes.LastIndexByte(s.part, '\n') + 1
	lines := string(s.part[:end])
	s.part = s.part[end:]
	for line := range strings.Lines(lines) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "go: downloading "):
			s.modules++
			s.state = humanize.Comma(int64(s.modules)) + " modules downloaded, now " + strings.Fields(line)[2]
		case line == "" || strings.Contains(line, " "):
		case s.counting:
			s.total, s.final = s.total+1, line
		default:
			s.compile(line)
		}
	}
	return len(text), nil
}

// compile notes that a package is compiled. Fewer than s.total may be, because two builds at the same time share the packages of
// the standard library. The caller holds s.mu.
func (s *step) compile(pkg string) {
	s.compiled++
	s.state = "compiling, " + humanize.Comma(int64(s.compiled))
	if s.total > 0 {
		s.state += " of about " + humanize.Comma(int64(max(s.total, s.compiled)))
	}
	s.state += " packages"
	if pkg == s.final {
		s.state = "linking"
	}
}
