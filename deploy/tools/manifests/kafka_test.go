package main

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	sigsyaml "sigs.k8s.io/yaml"
)

// The topic takes the largest message that agents send.
func TestMessageSize(t *testing.T) {
	looked := 0
	for overlay, objects := range rendered(t) {
		if !strings.Contains(string(objects), "kind: KafkaTopic") {
			continue
		}
		looked++
		accepted := number(t, string(objects), `(?m)^ *max\.message\.bytes: (\d+)`)
		if sent := number(t, string(objects), `(?m)^ *max_message_bytes: (\d+)`); sent > accepted {
			t.Errorf("%s: agents send messages of %d bytes, and the topic accepts %d", overlay, sent, accepted)
		}
	}
	if looked == 0 {
		t.Error("no overlay has a topic")
	}
}

// diskFor is the share of a broker's disk that spans may take. The rest is for what arrives between two of Kafka's checks of what to
// delete, which are 5 minutes apart, and for its own topics.
const diskFor = 0.92

// fits is where a text says up to which rate spans are kept for all of the time.
var fits = regexp.MustCompile(`(?:at most about|up to(?: about)?) (\d{4})(?: requests/s| \|)`)

// What the topic keeps fits on the disks of the brokers, and the rate up to which it keeps spans for all of its time, which the
// manifest and docs/kubernetes.md mention, is the one that follows from what was measured.
func TestKafkaDisk(t *testing.T) {
	looked := 0
	for overlay, objects := range rendered(t) {
		topic, pool := document(string(objects), "KafkaTopic"), document(string(objects), "KafkaNodePool")
		if topic == "" {
			continue
		}
		looked++
		m := regexp.MustCompile(`(?m) size: (\S+)$`).FindStringSubmatch(pool)
		if m == nil {
			t.Fatalf("%s: found no size of a broker's disk", overlay)
		}
		disk := resource.MustParse(m[1])
		partitions, copies := number(t, topic, `partitions: (\d+)`), number(t, topic, `replicas: (\d+)`)
		kept := number(t, topic, `retention\.bytes: (\d+)`)
		each := partitions * copies * (kept + number(t, topic, `segment\.bytes: (\d+)`)) / number(t, pool, `replicas: (\d+)`)
		if limit := diskFor * float64(disk.Value()); float64(each) > limit {
			t.Errorf("%s: a broker keeps %d bytes of spans, want at most %.0f of its disk of %s", overlay, each, limit, &disk)
		}
		seconds := number(t, topic, `retention\.ms: (\d+)`) / 1000
		rate := float64(partitions*kept) / float64(seconds) / bytesPerRequest(t)
		for _, file := range []string{"../../kubernetes/components/kafka-strimzi/kafka.yaml", "../../../docs/kubernetes.md"} {
			said := fits.FindAllStringSubmatch(strings.ReplaceAll(read(t, file), ",", ""), -1)
			if len(said) == 0 {
				t.Errorf("%s does not say how many requests/s fit", file)
			}
			for _, m := range said {
				if n, err := strconv.ParseFloat(m[1], 64); err != nil || math.Abs(n/rate-1) > 0.1 {
					t.Errorf("%s says that %s requests/s fit, and %.0f do", file, m[1], rate)
				}
			}
		}
	}
	if looked == 0 {
		t.Error("no overlay has a topic")
	}
}

// No two brokers share a node, so that what two of three have stored outlives one.
func TestBrokersApart(t *testing.T) {
	looked := 0
	for overlay, objects := range rendered(t) {
		text := document(string(objects), "KafkaNodePool")
		if text == "" {
			continue
		}
		looked++
		var pool struct {
			Spec struct {
				Template struct {
					Pod struct {
						Spread []corev1.TopologySpreadConstraint `json:"topologySpreadConstraints"`
					} `json:"pod"`
				} `json:"template"`
			} `json:"spec"`
		}
		if err := sigsyaml.Unmarshal([]byte(text), &pool); err != nil {
			t.Fatal(err)
		}
		apart := func(c corev1.TopologySpreadConstraint) bool {
			return c.TopologyKey == corev1.LabelHostname && c.MaxSkew == 1 && c.WhenUnsatisfiable == corev1.DoNotSchedule
		}
		if !slices.ContainsFunc(pool.Spec.Template.Pod.Spread, apart) {
			t.Errorf("%s: two brokers may be on one node:\n%s", overlay, text)
		}
	}
	if looked == 0 {
		t.Error("no overlay has brokers")
	}
}

// document returns the first object of a kind.
func document(objects, kind string) string {
	for text := range strings.SplitSeq(objects, "\n---\n") {
		if strings.Contains(text, "\nkind: "+kind+"\n") {
			return text
		}
	}
	return ""
}

// bytesPerRequest returns what a request takes in Kafka, as docs/capacity.md says.
func bytesPerRequest(t *testing.T) float64 {
	t.Helper()
	m := regexp.MustCompile(`in Kafka, compressed \| ([\d.]+) B `).FindStringSubmatch(read(t, "../../../docs/capacity.md"))
	if m == nil {
		t.Fatal("docs/capacity.md does not say how large a span is in Kafka")
	}
	span, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return span * float64(measured(t).Spans)
}
