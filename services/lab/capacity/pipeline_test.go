package capacity

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spanwise/lab/bench"
	"spanwise/lab/native"
)

// The pipelines are those of the setting PIPELINE.
func TestPipelines(t *testing.T) {
	var want []string
	for _, p := range native.Pipelines {
		want = append(want, string(p))
	}
	if !slices.Equal(Pipelines, want) {
		t.Errorf("got %v, want %v", Pipelines, want)
	}
}

// rows returns the rows of a plan.
func rows(t *testing.T, c Costs, d Demand) map[string]string {
	t.Helper()
	plan, err := c.Plan(d)
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]string)
	for _, r := range plan.Rows {
		got[r.Group+": "+r.Name] = amount(r.Value, r.Unit)
	}
	return got
}

// changed returns the rows that differ from those of another plan.
func changed(got, from map[string]string) map[string]string {
	maps.DeleteFunc(got, func(name, value string) bool { return from[name] == value })
	return got
}

// A second set doubles the gateways and what they send. With Kafka it reads the topic again; without, agents have a second queue.
func TestTwice(t *testing.T) {
	both := some
	both.Parts = append(slices.Clone(some.Parts), Part{Gateways, gateway, perSpan, someLine(0.05, 20)}, Part{Gateways, jaeger, perSpan, someLine(0, 10)})
	store := map[string]string{
		"traffic: to Jaeger":                                  "8 MB/s",
		"processors: gateway, both sets":                      "4.40 cores in 8 instances",
		"processors: jaeger":                                  "0.200 cores in 2 instances",
		"gateways: memory of these, all gateways":             "2.10 GB", // each set has all traces
		"store: spans":                                        "20,000 spans/s",
		"store: a day, one copy (Badger, Cassandra)":          "432 GB",
		"store: a day, both copies (OpenSearch, ClickHouse)":  "864 GB",
		"store: 7 days, one copy (Badger, Cassandra)":         "3.02 TB",
		"store: 7 days, both copies (OpenSearch, ClickHouse)": "6.05 TB",
	}
	for pipeline, want := range map[string]map[string]string{
		KafkaTwice: {"traffic: Kafka → gateways": "20 MB/s", "processors: all": "17.7 cores"},
		GatewaysTwice: {
			"traffic: agents → gateways": "80 MB/s",
			// 100,000 spans/s × 2 × 30 µs are 6 cores, with one set 3: 11 and 6 instances of 0.55, with 0.05 each.
			"processors: agent":                  "6.55 cores in 11 instances",
			"processors: all":                    "23.2 cores",
			"agents: queue_size of each":         "5,454,546 spans", // 60,000,000 ÷ 11, in each of its queues
			"agents: disk of each, for 2 queues": "8.73 GB",
		},
	} {
		maps.Copy(want, store)
		d := demand()
		d.Pipeline = pipeline
		twice := rows(t, both, d)
		d.Pipeline = once(pipeline)
		if diff := cmp.Diff(want, changed(twice, rows(t, both, d))); diff != "" {
			t.Errorf("%s, -want +got:\n%s", pipeline, diff)
		}
	}
}

// A number of agents or gateways that is given divides their queues and memory, and takes its own fixed part.
func TestGivenInstances(t *testing.T) {
	d := demand()
	usual := rows(t, some, d)
	d.Agents, d.Gateways = 20, 8
	want := map[string]string{
		"processors: agent": "2 cores in 20 instances", "processors: gateway": "2.40 cores in 8 instances", "processors: all": "16.5 cores",
		"agents: queue_size of each": "3,000,000 spans", "agents: disk of each, for the queue": "2.40 GB",
		"Kafka: partitions": "16", "Kafka: disk of all brokers": "700 GB", "Kafka: disk of each broker": "233 GB",
		"gateways: num_traces of each": "26,250 traces", "gateways: decision_cache of each": "262,500 traces", "gateways: memory of each": "411 MB",
		"gateways: queue_size of each": "750,000 spans", "gateways: disk of each, for the queue": "600 MB",
	}
	if diff := cmp.Diff(want, changed(rows(t, some, d), usual)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	d.Rate, d.Agents = 1, 1
	if got, want := rows(t, some, d)["agents: queue_size of each"], "6,000 spans"; got != want {
		t.Errorf("one agent: got %s, want %s", got, want)
	}
	d.Agents = 1000
	if got, want := rows(t, some, d)["agents: queue_size of each"], "1,024 spans"; got != want {
		t.Errorf("1000 agents: got %s, want a batch, %s", got, want)
	}
}

// Kafka's defaults are those of deploy/kubernetes.
func TestKafkaDefaults(t *testing.T) {
	text, err := os.ReadFile("../../../deploy/kubernetes/components/kafka-strimzi/kafka.yaml")
	if err != nil {
		t.Fatal(err)
	}
	d := some.Default(Kafka)
	for _, want := range []string{
		"retention.ms: " + strconv.FormatInt(d.Retention.Milliseconds(), 10) + "\n",
		"  replicas: " + strconv.Itoa(d.Brokers) + "\n  roles: [controller, broker]", "default.replication.factor: " + strconv.Itoa(replicas) + "\n",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("kafka.yaml does not have %q", want)
		}
	}
}

// What a second set adds is arithmetic. The processor time that lab scale -cost measured grew by the same factors, within 20 %.
func TestTwiceAgainstMeasured(t *testing.T) {
	const docs = "../../../docs"
	costs, err := Read(filepath.Join(docs, "capacity.json"))
	if err != nil {
		t.Fatal(err)
	}
	measured := measuredCosts(t, filepath.Join(docs, "scale-cost.json"))
	for _, twice := range []string{GatewaysTwice, KafkaTwice} {
		for part, program := range map[string]string{agent: native.Collector, gateway: gateway, jaeger: native.Jaeger} {
			// As there: 500 traces a second of 8 spans, of which 11 % are kept, through one agent to one Jaeger and two gateways of a set.
			cores := func(pipeline string) float64 {
				one, err := costs.part(once(pipeline), part)
				if err != nil {
					t.Fatal(err)
				}
				n, load, instances := timesOf(pipeline, part), 4000.0, 1
				if part == jaeger {
					load *= 0.11
				}
				if part == gateway {
					instances = gateways * n
				}
				return one.Line.cores(instances, load*float64(n))
			}
			predicted, want := cores(twice)/cores(once(twice)), measured[twice][program]/measured[once(twice)][program]
			if off := 100 * (predicted/want - 1); off < -within || off > within {
				t.Errorf("%s of %s: predicted %.2f times that of one set, measured %.2f times: off by %+.0f %%", part, twice, predicted, want, off)
			}
		}
	}
}

// measuredCosts returns the processor time of each kind of program in each arrangement. The gateways of both sets are one kind.
func measuredCosts(t *testing.T, file string) map[string]map[string]float64 {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var scale struct {
		Arrangements []struct {
			Arrangement string
			Costs       []struct {
				CPU map[string]float64 `json:"cpu_ms"`
			}
		}
	}
	if err := json.Unmarshal(text, &scale); err != nil {
		t.Fatal(err)
	}
	measured := make(map[string]map[string]float64)
	for _, a := range scale.Arrangements {
		rounds := make(map[string][]float64)
		for _, c := range a.Costs {
			c.CPU[gateway] += c.CPU["twin"]
			for program, ms := range c.CPU {
				rounds[program] = append(rounds[program], ms)
			}
		}
		measured[a.Arrangement] = make(map[string]float64)
		for program, ms := range rounds {
			measured[a.Arrangement][program] = bench.Median(ms)
		}
	}
	return measured
}
