package flame

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// A Part is what a part of the program took, with the allocations and system calls that it made.
type Part struct {
	Name string
	CPU  time.Duration
}

// Parts returns the parts of the program that took time, the largest first.
func (g *Graph) Parts() []Part {
	var list []Part
	for name, cpu := range g.parts {
		list = append(list, Part{name, cpu})
	}
	slices.SortFunc(list, func(a, b Part) int { return cmp.Or(cmp.Compare(b.CPU, a.CPU), cmp.Compare(a.Name, b.Name)) })
	return list
}

// parts are the parts of a service, by the packages that belong to them. The first that matches counts.
var parts = []struct {
	name, colour string
	packages     []string
}{
	{"telemetry", "#f2b36b", []string{"go.opentelemetry.io/", "spanwise/internal/telemetry.", "spanwise/internal/sampling.", "google.golang.org/", "golang.org/x/net/", "github.com/felixge/httpsnoop."}},
	{"database", "#8fc98b", []string{"database/sql", "modernc.org/", "github.com/jackc/", "github.com/XSAM/", "github.com/redis/", "spanwise/internal/database."}},
	{"JSON", "#d7a3d9", []string{"encoding/json", "github.com/go-json-experiment/"}},
	{"HTTP", "#8cb8e8", []string{"net/http", "net/textproto.", "net/url.", "github.com/go-chi/", "mime"}},
	{"service", "#f0e07a", []string{"spanwise/"}},
}

const (
	collector = "garbage collector"
	runtime   = "runtime" // its scheduler, and what no other part asked for
	grey      = "#d5d5d5" // of the runtime and the standard library, which work for the others
)

// partOf returns the part that a stack belongs to: that of the innermost function that has one.
func partOf(stack []string) string {
	for _, function := range slices.Backward(stack) {
		if i := indexOf(function); i >= 0 {
			return parts[i].name
		}
	}
	if slices.ContainsFunc(stack, func(f string) bool { return strings.HasPrefix(f, "runtime.gc") || strings.HasPrefix(f, "runtime.bg") }) {
		return collector
	}
	return runtime
}

// indexOf returns the index of a function's part, or -1.
func indexOf(function string) int {
	for i, p := range parts {
		if slices.ContainsFunc(p.packages, func(prefix string) bool { return strings.HasPrefix(function, prefix) }) {
			return i
		}
	}
	return -1
}

func colourOf(function string) string {
	if i := indexOf(function); i >= 0 {
		return parts[i].colour
	}
	return grey
}
