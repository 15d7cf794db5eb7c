// Package setting lists the environment variables that the programs read. lab up -h and docs/settings.md are made from [All].
package setting

import (
	"cmp"
	"fmt"
	"io"
	"regexp"
	"strings"

	"spanwise/lab/native"
)

// A Setting is one environment variable, or a few of the same kind. Code is between backquotes, as in Markdown.
type Setting struct {
	Names   []string
	Readers string // the programs that read it
	Up      bool   // whether it can be set for make up, which sets some itself
	Default string // "" if there is none
	Does    string
}

// All returns the settings, except for the ports, which [native.Ports] lists.
func All() []Setting {
	const shop = "`lab run`, `lab story`, `lab smoke -attach`, `lab load`, `lab serve`"
	return []Setting{
		{[]string{"PORT_OFFSET"}, "`make up` and the lab's other commands", true, "`0`",
			"added to every port that has no variable of its own, for a second copy of the lab"},
		{[]string{"SPANWISE_DATA"}, "`make up`, `lab seed`", true, "`.data`, or `.data/offset-1000` with `PORT_OFFSET=1000`",
			"the folder for databases, traces, and the Collector's queue"},
		{[]string{"JAEGER_BIN", "OTELCOL_BIN"}, "`make up`", true, "", "the path of a program to use instead of downloading or building one"},
		{[]string{"SPANWISE_MIRROR"}, "`make up`", true, "`https://github.com`",
			"the server from which Jaeger and the Collector are downloaded; its paths are in `deploy/tools/releases.txt`. `off` builds both"},
		{[]string{"SPANWISE_CACHE"}, "`make up`", true, "`.bin`", "the folder for Jaeger and the Collector, which several checkouts can share"},
		{[]string{"JAEGER_STORAGE"}, "`make up`, `docker compose`", true, "`memory`",
			"`badger` keeps traces across restarts; `opensearch`, `elasticsearch`, `cassandra` and `clickhouse` are [stores of your own](stores.md)"},
		{[]string{"JAEGER_STORE_ADDRESS", "JAEGER_STORE_USER", "JAEGER_STORE_PASSWORD", "JAEGER_STORE_PLAINTEXT"}, "Jaeger", true, "a store on this machine",
			"where [such a store](stores.md) is, and how Jaeger logs in"},
		{[]string{"JAEGER_STORE_CREATE"}, "Jaeger", true, "`true`", "`false` if the tables of Cassandra or ClickHouse [are there](stores.md#how-long) already"},
		{[]string{"JAEGER_STORE_TTL", "JAEGER_STORE_REPLICAS", "JAEGER_STORE_SHARDS"}, "Jaeger", true, "`168h`, and as [the store](stores.md) needs",
			"how long such a store keeps traces, how often, and in how many parts"},
		{[]string{"JAEGER_MAX_TRACES"}, "`make up`, `docker compose`", true, "`8000`, in containers `600`", "how many traces are kept in [memory](jaeger.md#memory)"},
		{[]string{"JAEGER_MCP"}, "`make up`, `docker compose`", true, "as Jaeger's version needs, in containers `on`", "[Jaeger's endpoint for AI agents](jaeger.md#jaeger-for-ai-agents): `on`, `off`, or `newer` for Jaeger after 2.20"},
		{[]string{"SAMPLING"}, "each service, the lab, `make up`, `docker compose`", true, "`all`", "`head:10%`, `consistent:10%` or `tail` keeps only [some traces](sampling.md)"},
		{[]string{"ORDER_SAMPLING", "INVENTORY_SAMPLING", "PRICING_SAMPLING"}, "`make up`, `docker compose`", true, "",
			"the `SAMPLING` of each service, if it is not that of all"},
		{[]string{"PIPELINE"}, "`make up`", true, "`direct`",
			"what is between the services and Jaeger: `gateways`, `gateways-twice`, `kafka` or `kafka-twice` for more than one machine, see [scale.md](scale.md)"},
		{[]string{"METRICS"}, "`make up`", true, "`off`", "`on` runs Prometheus too, see [metrics.md](metrics.md)"},
		{[]string{"PROFILE"}, "`make up`", true, "`off`", "`on` makes each service serve [its profiles](profiles.md) on a port of its own"},
		{[]string{"PROMETHEUS_BIN"}, "`make up`", true, "`prometheus` in `PATH`", "the path of Prometheus"},
		{[]string{"EDGE_SERVICE"}, "Collector", true, "`order`",
			"the service at the edge of the system, see [metrics.md](metrics.md#what-end-to-end-means)"},
		{[]string{"ORDER_DATABASE_URL", "INVENTORY_DATABASE_URL", "PRICING_DATABASE_URL"}, "`make up`, `lab seed`", true, "",
			"the `DATABASE_URL` of each service"},
		{[]string{"LOG_LEVEL"}, "each service", true, "`info`",
			"`debug` logs a line for each request, not only for those that failed or were slow; `warn` or `error` logs less"},
		{[]string{"DATABASE_WAIT"}, "each service", true, "`1m`", "how long to wait for the database at startup"},
		{[]string{"DATABASE_CONNECTIONS"}, "each service", true, "`16`", "how many connections to the database each service keeps open, in addition to one for `pool=SERVICE`"},
		{[]string{"DRAIN_DELAY"}, "each service", true, "`0s`", "how long a service that is stopped still answers, while `/readyz` says 503 and connections close after their answers, so that a [load balancer](instances.md#stopping-an-instance) notices; at most `5s`"},
		{[]string{"CONNECTION_MAX_AGE"}, "each service", true, "`0s`, so there is none", "how old a connection to a service becomes, give or take a tenth, before it closes after an answer, so that its caller [may get another instance](instances.md#what-is-between-the-callers-and-the-instances)"},
		{[]string{"CACHE_URL"}, "pricing", true, "none, so in memory", "for Valkey or Redis, `redis://host:6379`"},
		{[]string{"OTEL_SDK_DISABLED"}, "each service", true, "`false`",
			"`true` switches tracing, metrics, and the export of logs off, and leaves all instrumentation out"},
		{[]string{"OTEL_…"}, "each service", true, "as the OpenTelemetry SDK defines",
			"see the SDK's [settings](https://opentelemetry.io/docs/languages/sdk-configuration/)"},
		{[]string{"OTELCOL_DECISION_WAIT"}, "gateways", true, "`2s`, in a cluster `10s`",
			"how long a gateway waits for the other spans of a trace once it has the root, in whole seconds"},
		{[]string{"OTELCOL_NUM_TRACES"}, "gateways", true, "`6656`, or 13 for each MiB of `OTELCOL_MEMORY_MIB`", "how many undecided traces a gateway holds; see [memory](scale.md#memory)"},
		{[]string{"OTELCOL_DECISIONS"}, "gateways", true, "ten times `OTELCOL_NUM_TRACES`", "how many decisions to keep, and how many not to keep, a gateway remembers"},
		{[]string{"OTELCOL_QUEUE_SPANS"}, "Collector", true, "`1000000`", "how many spans a Collector's queue on disk holds; more are refused"},
		{[]string{"KAFKA_COMPRESSION"}, "agents with `PIPELINE=kafka`", true, "`snappy`", "`none`, `gzip`, `snappy`, `lz4` or `zstd`"},
		{[]string{"OTELCOL_MEMORY_MIB"}, "Collector", true, "`256`, in containers `80`, in a gateway `512`", "the heap above which the Collector refuses data, in MiB; with a `PIPELINE`, [the rest](scale.md#memory) follows from it"},
		{[]string{"GOMEMLIMIT", "GOGC"}, "every program", true, "as Go defines; with a `PIPELINE`, 70 % of `OTELCOL_MEMORY_MIB`, and `400`", "when Go [collects garbage](https://go.dev/doc/gc-guide)"},
		{[]string{"KAFKA_TOPIC"}, "agents and gateways with Kafka", false, "`otlp_spans`", "the topic; it must exist"},
		{[]string{"KAFKA_COMMIT_INTERVAL"}, "gateways with `PIPELINE=kafka`", true, "`1s`", "how often they commit what they have read; see [offsets that do not move](two-sets.md#offsets-that-do-not-move)"},
		{[]string{"OTELCOL_METRICS_LEVEL"}, "Collector", true, "`normal`", "how much the Collector measures of itself: `none`, `basic`, `normal` or `detailed`"},
		{[]string{"OTELCOL_LOG_LEVEL", "JAEGER_LOG_LEVEL"}, "Collector, Jaeger", true, "`warn`", "`debug`, `info`, `warn` or `error`"},
		{[]string{"COLUMNS", "NO_COLOR"}, "`lab`, `doctor`", true, "the terminal's", "the width of what is printed, and whether it is without colour"},

		{[]string{"ADDR"}, "each service, `lab serve`", false, "its own port on 127.0.0.1", "where to listen"},
		{[]string{"DATABASE_URL"}, "each service", false, "none, so SQLite in `DATA_DIR`", "for PostgreSQL, `postgres://user:password@host:5432/name`"},
		{[]string{"DATA_DIR"}, "each service", false, "`.data`", "the folder for SQLite"},
		{[]string{"LOAD_RATE"}, "`docker compose --profile load`", false, "`20`", "requests a second of [`lab load`](load.md) in containers"},
		{[]string{"LOAD_TIME"}, "`docker compose --profile load`", false, "`1h`", "when it stops, such as `10m`; at least `10s`, during which the rate rises; `0` means never"},
		{[]string{"FAULTS"}, "each service", false, "`off`", "`on` lets requests slow themselves down; `make up` and `docker-compose.yml` set it"},
		{[]string{"ADMIN_ADDR"}, "each service", false, "", "where to serve [profiles](profiles.md), such as `127.0.0.1:6060`; only loopback addresses are accepted"},
		{[]string{"SPAN_JOURNAL"}, "each service", false, "none, so there is no journal",
			"the file to which the service appends a line when a span starts, and one when it ends. `make drill` compares them with Jaeger"},
		{[]string{"SPAN_JOURNAL_AS"}, "each service", false, "its name", "what the journal calls the service, so that its instances can be told apart"},
		{[]string{"INVENTORY_URL", "PRICING_URL"}, "order, pricing", false, "`http://localhost:8081`, `…8082`", "where the services find each other"},
		{[]string{"ORDER_URL", "INVENTORY_URL", "PRICING_URL", "JAEGER_URL"}, shop, false, "where `make up` starts them", "where the lab finds a running system"},
		{[]string{"SHOWN_ORDER_URL", "SHOWN_INVENTORY_URL", "SHOWN_PRICING_URL", "SHOWN_JAEGER_URL"}, "`lab serve`", false, "the same addresses",
			"the addresses for a browser, if it needs others, for example outside the containers"},
		{[]string{"ORDER_ADMIN_URL", "INVENTORY_ADMIN_URL", "PRICING_ADMIN_URL"}, "`lab profile -attach`", false, "where `make up` with `PROFILE=on` starts them",
			"where the services serve their profiles"},
		{[]string{"KAFKA_BROKERS"}, "agents and gateways with Kafka", false, "`[\"127.0.0.1:9092\"]`", "the brokers, as a list in YAML"},
		{[]string{"KAFKA_GROUP"}, "gateways with Kafka", false, "`spanwise`", "the consumer group; each set of gateways has one"},
		{[]string{"KAFKA_INSTANCE"}, "gateways with Kafka", false, "none", "a name that a gateway keeps when it is restarted, so that it gets its partitions back"},
		{[]string{"OTELCOL_GATEWAYS", "OTELCOL_TWINS"}, "agents with gateways", false, "`[\"127.0.0.1:4417\", \"127.0.0.1:4418\"]`, `…4419`, `…4420`",
			"the gateways of the first and the second set, as a list in YAML"},
		{[]string{"OTELCOL_GATEWAYS_NAME", "OTELCOL_GATEWAYS_PORT"}, "agents with gateways found by DNS", false, "`gateways`, `4317`", "instead of the list: a name in DNS, and the port"},
		{[]string{"OTELCOL_GATEWAYS_SERVICE"}, "agents with gateways found by the API server", false, "`gateway.spanwise`", "instead of the list: a Service of Kubernetes and its namespace"},
		{[]string{"OTELCOL_HEALTH_URL"}, "`lab serve`", false, "none, so it is not checked", "where the page asks whether the Collector is ready"},
		{[]string{"LAB_PROGRESS_FILE"}, "`lab serve`", false, "", "where `make up` writes what it is downloading and building, for the page"},
	}
}

// Help writes what can be set for lab up, for a terminal.
func Help(out io.Writer) {
	fmt.Fprintln(out, "\nSettings are environment variables:")
	for _, s := range All() {
		if s.Up {
			help(out, strings.Join(s.Names, ", "), plain(s.Does), plain(s.Default))
		}
	}
	fmt.Fprintln(out, "\nPorts, all on 127.0.0.1:")
	for _, p := range native.Ports() {
		fmt.Fprintf(out, "  %-26s %-5d  %s\n", p.Variable, p.Usual, plain(p.What))
	}
	fmt.Fprintln(out, "\nAll settings, also those of the other programs, are in docs/settings.md.")
}

func help(out io.Writer, names, does, standard string) {
	fmt.Fprintf(out, "  %s\n        %s", names, does)
	if standard != "" {
		fmt.Fprintf(out, " (default: %s)", standard)
	}
	fmt.Fprintln(out)
}

// link is a link in Markdown, page one to another page in docs, and itself one whose text is the name of that page.
var (
	link   = regexp.MustCompile(`\[([^]]*)\]\(([^)]*)\)`)
	page   = regexp.MustCompile(`\]\(([a-z-]+\.md)[^)]*\)`)
	itself = regexp.MustCompile(`\[[a-z-]+\.md\]\(docs/([a-z-]+\.md)\)`)
)

// plain returns a text without Markdown.
func plain(text string) string {
	text = page.ReplaceAllString(text, "](docs/$1)")
	text = itself.ReplaceAllString(text, "docs/$1")
	return strings.ReplaceAll(link.ReplaceAllString(text, "$1 ($2)"), "`", "")
}

// Table returns the settings as a table in Markdown.
func Table() string {
	var b strings.Builder
	b.WriteString("| variable | read by | default | what it is |\n| --- | --- | --- | --- |\n")
	for _, s := range All() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", strings.Join(s.Names, "`, `"), s.Readers, cmp.Or(s.Default, "none"), s.Does)
	}
	return b.String()
}

// PortTable returns the ports as a table in Markdown.
func PortTable() string {
	var b strings.Builder
	b.WriteString("| who listens | variable | port |\n| --- | --- | --- |\n")
	for _, p := range native.Ports() {
		fmt.Fprintf(&b, "| %s | `%s` | %d |\n", p.What, p.Variable, p.Usual)
	}
	return b.String()
}
