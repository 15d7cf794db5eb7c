package main

import (
	"fmt"
	"io"
	"strings"

	"spanwise/doctor"
	"spanwise/doctor/report"
)

// usageHelp comes before the flags in -help.
const usageHelp = `doctor reads a distributed trace and reports where the time went, why, and how much a fix would save.

  doctor TRACE_ID                    diagnose a trace from a running Jaeger, or with -tempo URL from Grafana Tempo
  doctor URL                         diagnose the trace on a page of Jaeger's or Grafana's, or in a response of their API
  doctor FILE                        diagnose the traces in a file, or on stdin if FILE is -
  doctor -service NAME -last 15m     rank the costliest problems in a service's traces (the newest 1000)
  doctor -compare A B                compare two traces, or two files of traces
  doctor explain KIND                explain a kind of finding: how its rule works, and what can mislead it
  doctor mcp                         offer these as tools to an AI agent (Model Context Protocol); see doctor mcp -help
  doctor help                        print this text

Files may be Jaeger JSON (from its API or its UI), OTLP as JSON (one document, or one per line as the Collector's file
exporter writes it; also Grafana Tempo's responses) or as protobuf (a request, or the file exporter's), what the consoles
of OpenTelemetry print in Go, Python and JavaScript, Zipkin JSON, span documents from Elasticsearch or OpenSearch
(Elastic APM's, OpenTelemetry's, Jaeger's), and traces of X-Ray, Datadog and SkyWalking; plain or compressed with gzip
or zstd, up to 1 GiB and 3 million spans. The format is detected. Notes at the end of a report list anything unreadable,
repaired or missing.

`

// outputHelp comes after the flags.
const outputHelp = `
Exit code
  0  nothing to fix, as far as this trace shows; see also_seen for less important findings
  3  something to fix
  2  usage error
  1  a trace could not be found or read, or only in part (the input is cut off) with nothing to fix in that part

  With -fail-on or -max-calls, the exit code is 3 if a trace fails either check, and 0 otherwise. With -compare,
  differences alone do not fail the run: the exit code is 3 only if B is slower than -max-slower allows, or has new
  findings of the kinds in -fail-on.

-json
  One object for one trace, one object per line for several. Durations are in microseconds; shares are fractions of
  the root's duration. The same input always gives the same output.

  {trace_id, root: {service, operation, duration_us, idle_us}, spans, cut_off,
   findings: [{kind, service, operation, callee, count, span_ids, critical_path_us, critical_path_share,
     saving: {low_us, high_us, basis}, after_us, confidence, evidence, because, unless, fix,
     figures: {distinct, concurrency, other_requests, rows, bytes, wait_us, interval_us, work_us, usual_us, overrun_us,
       offset_us, limit_us, names, error, handled_by, trace_ids}, ignored}],
   also_seen: [as findings], critical_path: [{service, operation, edge_to, self_us, share}],
   unexplained_share, notes: [text]}

  idle_us     time in streams and in waiting for work, which is long by design; omitted if there is none
  cut_off     true if the input ended in the middle of a trace; omitted otherwise
  kind        one of the kinds that "doctor explain" lists
  callee      the other end of a call; empty if the finding is about one service
  basis       structural (an estimate), shared (an upper bound, because others use the resource too) or none
  after_us    the root's duration once this finding and all before it are fixed
  confidence  high, medium or low
  evidence    sufficient, needs-other-traces or needs-attributes
  figures     the numbers and names used in because, unless and fix; those that do not apply are omitted
  also_seen   findings that are too small to matter, covered by another finding, not confirmed by this trace alone, or
              ignored
  ignored     why, from the file that -ignore names; omitted if the finding is not ignored
  edge_to     the callee, if the time was spent in transit to it or inside it without a span being recorded
  notes       what was lost, repaired or assumed

  With -compare (values are averages per trace if a side has several traces):

  {a: {name, traces, duration_us}, b: {name, traces, duration_us},
   differences: [{what, service, operation, callee,
     a: {count, duration_us, critical_path_us, critical_path_share},
     b: {count, duration_us, critical_path_us, critical_path_share}}]}

  what        service, edge or operation

Environment
  NO_COLOR and TERM=dumb turn colours off; output to a pipe never has colours. COLUMNS sets the width; the default
  is the terminal's width, or 100.
`

// explain prints the rule behind a kind of finding, or lists the kinds.
func explain(out io.Writer, args []string, look report.Look) error {
	switch len(args) {
	case 0:
		return report.Kinds(out, doctor.Kinds(), look)
	case 1:
		if k, ok := doctor.KindNamed(args[0]); ok {
			return report.Explain(out, k, look)
		}
		return usage(fmt.Sprintf("explain %s: no such kind; the kinds are %s", args[0], kindNames()))
	}
	return usage(fmt.Sprintf("explain wants one kind, not %d", len(args)))
}

func kindNames() string {
	var names []string
	for _, k := range doctor.Kinds() {
		names = append(names, string(k.Kind))
	}
	return strings.Join(names, ", ")
}
