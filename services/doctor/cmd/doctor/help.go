package main

// usageHelp stands before the flags in -help.
const usageHelp = `doctor reads a distributed trace and says where the time went, why, and what fixing it saves.

  doctor TRACE_ID                    one trace of a running Jaeger
  doctor FILE                        the traces in a file; - reads stdin
  doctor -service NAME -last 15m     what cost most in all traces of a service (the newest 1000)
  doctor -compare A B                two traces, or two files of traces, side by side
  doctor explain KIND                the rule behind a finding, and what fools it
  doctor help                        this text

Files are Jaeger JSON (the API's and the UI's download), OTLP JSON (one document or one a line, as the Collector's
file exporter writes it; camelCase or snake_case; Grafana Tempo's answers) or Zipkin v2 JSON, also gzipped, up to 1 GiB.
The format is found out. What could not be read, was mended or is missing stands in the notes at the end.

`

// outputHelp stands after the flags.
const outputHelp = `
Exit code
  0  nothing to fix, as far as this trace tells: what only others could tell is in also_seen. With -fail-on or
     -max-calls: nothing of what they forbid. -compare, unless a gate says otherwise: a difference is no illness
  3  something to fix. With -fail-on or -max-calls: something of what they forbid. -compare with -max-slower: B is
     slower by more than that; with -fail-on: B has findings of these kinds that A has not
  2  wrong usage
  1  a trace could not be read, or none was there

-json
  One object for one trace, one object a line for several. Durations are microseconds, shares are of the root's
  duration. The same input gives the same bytes.

  {trace_id, root: {service, operation, duration_us}, spans,
   findings: [{kind, service, operation, callee, count, span_ids, critical_path_us, critical_path_share,
     saving: {low_us, high_us, basis}, after_us, confidence, evidence, because, unless, fix}],
   also_seen: [as findings], critical_path: [{service, operation, edge_to, self_us, share}],
   unexplained_share, notes: [text]}

  kind        one of those that "doctor explain" lists
  callee      the other end of a call; empty if the finding is about one service
  basis       structural (a value), shared (an upper bound: others use it too) or none
  after_us    the root's duration once this finding and all before it are fixed
  confidence  high, medium or low
  evidence    sufficient, needs-other-traces or needs-attributes
  also_seen   true, but too small or part of a finding
  edge_to     the callee for time that is spent on the way to it or in it, unseen
  notes       what was lost, mended or assumed

  With -compare, per trace where a side has several:

  {a: {name, traces, duration_us}, b: {name, traces, duration_us},
   differences: [{what, service, operation, callee,
     a: {count, duration_us, critical_path_us, critical_path_share},
     b: {count, duration_us, critical_path_us, critical_path_share}}]}

  what        service, edge or operation

Environment
  NO_COLOR leaves colour out, as does TERM=dumb; a pipe has none. COLUMNS is the width, else the window's, else 100.
`
