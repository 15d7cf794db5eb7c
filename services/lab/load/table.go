package load

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/dustin/go-humanize"
)

// Write writes the report for people.
func (r Report) Write(out io.Writer) error {
	fmt.Fprintf(out, "%s due in %s, %s a second; %s accepted, %s a second while requests were sent.\n", were(r.Planned, " request"),
		(time.Duration(r.Seconds * float64(time.Second))).Round(100*time.Millisecond), Rate(r.Asked), were(r.Accepted, ""), Rate(r.Goodput))
	if r.NotSent > 0 {
		fmt.Fprintf(out, "%s not sent within %v, because the load generator was busy or too many were unanswered (lower -rate, or raise -in-flight).\n",
			were(r.NotSent, ""), tooLate)
	}
	if r.Late > 0 {
		fmt.Fprintf(out, "%s sent over %v late, because the load generator was busy or too many were unanswered; the waits include the delay.\n",
			were(r.Late, ""), late)
	}
	fmt.Fprintf(out, "Waits of the accepted requests, from the moment they were due:\n\n")
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "sent\taccepted\tp50\tp90\tp95\tp99\tmax\t")
	for _, t := range r.Targets {
		row(table, t)
	}
	if len(r.Targets) > 1 {
		row(table, ByTarget{"all of them", r.Sent, r.Accepted, r.Wait})
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for i, f := range r.Failures {
		if i == 0 {
			fmt.Fprintln(out, "\nFailures:")
		}
		if _, err := fmt.Fprintf(out, "%8s × %s, the first: %s\n", count(f.Count), f.Kind, f.First); err != nil {
			return err
		}
	}
	return nil
}

// row writes a row whose last cell, the name, is left-aligned, because no tab ends it.
func row(table io.Writer, t ByTarget) {
	fmt.Fprintf(table, "%s\t%s\t", count(t.Sent), count(t.Accepted))
	for _, d := range []time.Duration{t.Wait.P50, t.Wait.P90, t.Wait.P95, t.Wait.P99, t.Wait.Max} {
		if t.Accepted == 0 {
			fmt.Fprint(table, "–\t")
		} else {
			fmt.Fprintf(table, "%s\t", Short(d))
		}
	}
	fmt.Fprintf(table, "  %s\n", t.Name)
}

func count(n int) string { return humanize.Comma(int64(n)) }

// were begins a sentence about some of the requests: "1 request was", "2,000 requests were", or without the noun.
func were(n int, noun string) string {
	switch {
	case n == 1:
		return count(n) + noun + " was"
	case noun != "":
		noun += "s"
	}
	return count(n) + noun + " were"
}

// Rate writes a number of requests a second with four digits, or all digits before the decimal point if these are more.
func Rate(v float64) string {
	if v >= 9999.5 {
		return humanize.Comma(int64(math.Round(v)))
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}

// Short writes a duration with three digits: 1.23 ms, 45.6 ms, 1.01 s.
func Short(d time.Duration) string {
	ms := float64(d.Microseconds()) / 1000
	switch {
	case ms >= 999.5:
		return strconv.FormatFloat(ms/1000, 'f', 2, 64) + " s"
	case ms >= 99.95:
		return strconv.FormatFloat(ms, 'f', 0, 64) + " ms"
	case ms >= 9.995:
		return strconv.FormatFloat(ms, 'f', 1, 64) + " ms"
	}
	return strconv.FormatFloat(ms, 'f', 2, 64) + " ms"
}
