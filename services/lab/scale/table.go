package scale

import (
	"fmt"
	"strings"
	"text/tabwriter"
)

// terminalTable returns a table for a terminal, with a row of each item.
func terminalTable[T any](columns []string, items []T, row func(T) []string) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, strings.Join(columns, "\t"))
	for _, item := range items {
		fmt.Fprintln(w, strings.Join(row(item), "\t"))
	}
	w.Flush()
	return b.String()
}

// markdownTable returns a table for a page, with a row of each item.
func markdownTable[T any](columns []string, items []T, row func(T) []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "| %s |\n|%s\n", strings.Join(columns, " | "), strings.Repeat(" --- |", len(columns)))
	for _, item := range items {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(row(item), " | "))
	}
	return b.String()
}
