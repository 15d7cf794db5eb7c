package main

import (
	"fmt"
	"io"
	"strings"

	"spanwise/doctor"
	"spanwise/doctor/report"
)

// explain prints what stands behind a kind of finding, or lists the kinds.
func explain(out io.Writer, args []string, look report.Look) error {
	switch len(args) {
	case 0:
		return report.Kinds(out, doctor.Kinds(), look)
	case 1:
		if k, ok := lookup(args[0]); ok {
			return report.Explain(out, k, look)
		}
		return usage(fmt.Sprintf("explain %s: no such kind; there are %s", args[0], kindNames()))
	}
	return usage(fmt.Sprintf("explain wants one kind, not %d", len(args)))
}

// lookup finds a kind by its name without regard to case and hyphens.
func lookup(name string) (doctor.KindInfo, bool) {
	for _, k := range doctor.Kinds() {
		if joined(string(k.Kind)) == joined(name) {
			return k, true
		}
	}
	return doctor.KindInfo{}, false
}

func joined(name string) string { return strings.ToLower(strings.ReplaceAll(name, "-", "")) }

func kindNames() string {
	var names []string
	for _, k := range doctor.Kinds() {
		names = append(names, string(k.Kind))
	}
	return strings.Join(names, ", ")
}
