package native

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// jaegerAlone returns the settings of a scratch run and its Jaeger, which make up has built or downloaded; without one the test
// is skipped.
func jaegerAlone(t *testing.T, given ...string) (Settings, Program) {
	t.Helper()
	root := sourceTree(t)
	file := filepath.Join(root, ".bin", "jaeger")
	if err := exec.Command(file, "version").Run(); err != nil {
		t.Skip("no Jaeger: make up builds it")
	}
	s, err := Scratch(root, t.TempDir(), os.Environ(), given...)
	if err != nil {
		t.Fatal(err)
	}
	p := s.jaeger()
	p.Path = file
	return s, p
}

// validate returns what Jaeger says against its configuration, or "" if it accepts it. Each of the extra ones is YAML.
func validate(t *testing.T, p Program, extra ...string) string {
	t.Helper()
	args := append([]string{"validate"}, p.Args...)
	for _, yaml := range extra {
		args = append(args, "--config", "yaml:"+yaml)
	}
	cmd := exec.CommandContext(t.Context(), p.Path, args...)
	cmd.Env, cmd.Dir = p.Env, p.Dir
	out, err := cmd.CombinedOutput()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	if err != nil {
		return string(out)
	}
	return ""
}

// withoutTTL copies Jaeger's configuration without the setting of ClickHouse that v1.76 does not know yet.
func withoutTTL(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	text, err := os.ReadFile(filepath.Join(sourceTree(t), "deploy", "jaeger-clickhouse.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	known := regexp.MustCompile(`(?m)^  ttl:.*\n`).ReplaceAll(text, nil)
	if len(known) == len(text) {
		t.Fatal("jaeger-clickhouse.yaml has no ttl")
	}
	if err := os.WriteFile(filepath.Join(dir, "jaeger-clickhouse.yaml"), known, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// distributed are the stores that several Jaegers can share, and an address for each.
var distributed = map[string]string{
	"opensearch": "https://one:9200,https://two:9200", "elasticsearch": "https://one:9200", "cassandra": "one:9042,two:9042", "clickhouse": "one:9000",
}

// Jaeger accepts the configuration of each distributed store with every setting of it. The only exception is the one that its
// file names: v1.76 does not know ttl.
func TestStoreConfig(t *testing.T) {
	for name, address := range distributed {
		_, p := jaegerAlone(t, "JAEGER_STORAGE="+name, "JAEGER_STORE_ADDRESS="+address, "JAEGER_STORE_USER=jaeger", "JAEGER_STORE_PASSWORD=0123",
			"JAEGER_STORE_CREATE=false", "JAEGER_STORE_SHARDS=5", "JAEGER_STORE_REPLICAS=2", "JAEGER_STORE_TTL=72h", "JAEGER_STORE_PLAINTEXT=false")
		complaint := validate(t, p)
		if name == "clickhouse" && strings.HasSuffix(strings.TrimSpace(complaint), "'clickhouse' has invalid keys: ttl") {
			p.Env = append(p.Env, "JAEGER_CONFIG_DIR="+withoutTTL(t))
			complaint = validate(t, p)
		}
		if complaint != "" {
			t.Errorf("%s: %s", name, complaint)
		}
	}
}

// Jaeger refuses a misspelt setting of each store, an address that is none, and a time without a unit that Go knows.
func TestStoreConfigRefused(t *testing.T) {
	for _, test := range []struct{ store, setting, extra, want string }{
		{"opensearch", "", "server_url: http://one:9200", "invalid keys: server_url"},
		{"elasticsearch", "", "indices::spans::shard: 1", "invalid keys: shard"},
		{"cassandra", "", "schema::ttl: 1h", "invalid keys: ttl"},
		{"clickhouse", "", "address: one:9000", "invalid keys: address"},
		{"opensearch", "JAEGER_STORE_ADDRESS=one two", "", "one two does not validate as url"},
		{"elasticsearch", "JAEGER_STORE_ADDRESS=http://", "", "http:// does not validate as url"},
		{"cassandra", "JAEGER_STORE_ADDRESS=cassandra", "", "cassandra does not validate as url"},
		{"opensearch", "JAEGER_STORE_TTL=7d", "", "unknown unit"},
		{"cassandra", "JAEGER_STORE_TTL=7d", "", "unknown unit"},
		{"opensearch", "JAEGER_STORE_SHARDS=many", "", "indices.spans.shards"},
	} {
		_, p := jaegerAlone(t, "JAEGER_STORAGE="+test.store, test.setting)
		var extra []string
		if test.extra != "" {
			extra = []string{"extensions::jaeger_storage::backends::traces::" + test.store + "::" + test.extra}
		}
		if test.store == "clickhouse" {
			p.Env = append(p.Env, "JAEGER_CONFIG_DIR="+withoutTTL(t))
		}
		if got := validate(t, p, extra...); !strings.Contains(got, test.want) {
			t.Errorf("%s with %q and %q: got %q, want %q in it", test.store, test.setting, test.extra, got, test.want)
		}
	}
}

// With each store, Jaeger starts as far as the first connection, and stops because that is refused: nothing else is wrong.
func TestStoreAway(t *testing.T) {
	for name, scheme := range map[string]string{"opensearch": "http://", "elasticsearch": "http://", "cassandra": "", "clickhouse": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := jaegerAlone(t)
			address := s.Addr(collectorOTLP) // free, as there is no Collector
			_, p := jaegerAlone(t, "JAEGER_STORAGE="+name, "JAEGER_STORE_ADDRESS="+scheme+address)
			if name == "clickhouse" {
				p.Env = append(p.Env, "JAEGER_CONFIG_DIR="+withoutTTL(t))
			}
			out, err := runToEnd(t, p)
			if gate := "--feature-gates=storage.clickhouse"; strings.Contains(out, gate) { // Jaeger 2.20 wants it
				p.Args = append(p.Args, gate)
				out, err = runToEnd(t, p)
			}
			want := "dial tcp " + address + ": connect: connection refused"
			if err == nil || !strings.Contains(out, want) {
				t.Errorf("got %v and\n%s\nwant it to stop with %q", err, out, want)
			}
		})
	}
}

// runToEnd returns what a program prints until it stops, which it must do within a minute.
func runToEnd(t *testing.T, p Program) (string, error) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, p.Path, p.Args...)
	cmd.Env, cmd.Dir = p.Env, p.Dir
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		t.Error("the program did not stop by itself")
	}
	return string(out), err
}
