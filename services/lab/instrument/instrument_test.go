//go:build unix

// Package instrument tests docs/instrument.md. It follows the page from an empty folder to the doctor's verdict, with
// the page's own code and commands.
package instrument

import (
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	// The test runs these as programs. Imported, they are known to go test, which then repeats it when they change.
	_ "spanwise/doctor/report"
	_ "spanwise/internal/telemetry"
)

var update = flag.Bool("update", false, "write the doctor's report into the page")

const (
	root = "../../.." // of the repository
	page = root + "/docs/instrument.md"
)

// The page's commands build the page's program outside the workspace, the program answers and delivers its spans, and
// the doctor reports about them what the page shows.
func TestPage(t *testing.T) {
	text := read(t, page)
	blocks := fenced(t, text)
	authors, books := freeAddress(t), freeAddress(t)
	local := strings.NewReplacer("localhost:9001", authors, "localhost:9000", books, "~/spanwise", `"$ROOT"`).Replace
	spans := startCollector(t)
	dir := t.TempDir()

	copyFolder, run, request := local(blocks["sh"][1]), local(blocks["sh"][2]), local(blocks["sh"][3])
	if out, err := shell(t, dir, spans.address, copyFolder).CombinedOutput(); err != nil {
		t.Fatalf("%s\n%v\n%s", copyFolder, err, out)
	}
	dir = filepath.Join(dir, "books")
	write(t, filepath.Join(dir, "main.go"), local(blocks["go"][0]))
	pinVersions(t, dir)
	services := start(t, shell(t, dir, spans.address, run+"\nwait"))
	services.await(t, authors, books)
	if want := "curl " + books + "/books\n"; request != want {
		t.Fatalf("got the request %q on the page, want %q, which is what this test sends", request, want)
	}
	answer := get(t, "http://"+books+"/books")
	if got := strings.Count(answer, "author "); got != 20 {
		t.Errorf("got %d authors, want 20:\n%s", got, answer)
	}
	log := services.stop()
	if !strings.Contains(log, "trace_id=") || strings.Contains(log, "lost") {
		t.Errorf("got the log\n%s\nwant a trace id and no lost spans", log)
	}

	report := examine(t, spans.json(t))
	shown := blocks["text"][0]
	if *update {
		write(t, page, strings.Replace(text, "```text\n"+shown, "```text\n"+report, 1))
	} else if diff := cmp.Diff(verdict(t, shown), verdict(t, report)); diff != "" {
		t.Errorf("verdict (-page +real; go test ./services/lab/instrument -update writes it into the page):\n%s", diff)
	}
}

// fenced returns the contents of a page's fenced code blocks, in order, by language.
func fenced(t *testing.T, text string) map[string][]string {
	t.Helper()
	blocks := make(map[string][]string)
	for _, m := range regexp.MustCompile("(?s)\n```(\\w+)\n(.*?)```\n").FindAllStringSubmatch(text, -1) {
		blocks[m[1]] = append(blocks[m[1]], m[2])
	}
	if len(blocks["sh"]) != 5 || len(blocks["go"]) != 1 || len(blocks["text"]) != 1 {
		t.Fatalf("got the blocks %q, want five of commands, one of Go and one of the doctor's report", blocks)
	}
	return blocks
}

// shell returns a command that runs a script in dir as a person would run it outside this repository, except that spans
// go to the collector at address.
func shell(t *testing.T, dir, address, script string) *exec.Cmd {
	t.Helper()
	top, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-ec", script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "ROOT="+top, "GOWORK=off", "GOFLAGS=", "OTEL_EXPORTER_OTLP_ENDPOINT=http://"+address)
	return cmd
}

// pinVersions requires the versions of this repository's modules, so that the result does not depend on new releases
// and nothing has to be downloaded that the repository itself does not use.
func pinVersions(t *testing.T, dir string) {
	t.Helper()
	internal := root + "/services/internal"
	out, err := exec.CommandContext(t.Context(), "go", "mod", "edit", "-json", internal+"/go.mod").Output()
	if err != nil {
		t.Fatal(err)
	}
	var mod struct {
		Require []struct{ Path, Version string }
	}
	if err := json.Unmarshal(out, &mod); err != nil {
		t.Fatal(err)
	}
	args := []string{"mod", "edit"}
	for _, r := range mod.Require {
		args = append(args, fmt.Sprintf("-require=%s@%s", r.Path, r.Version))
	}
	if out, err := exec.CommandContext(t.Context(), "go", append(args, filepath.Join(dir, "go.mod"))...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	write(t, filepath.Join(dir, "go.sum"), read(t, internal+"/go.sum"))
}

// examine returns what the doctor prints about a trace.
func examine(t *testing.T, trace string) string {
	t.Helper()
	doctor := filepath.Join(t.TempDir(), "doctor")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", doctor, "spanwise/doctor/cmd/doctor").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.CommandContext(t.Context(), doctor, "-")
	cmd.Args[0] = "doctor" // which the report repeats
	cmd.Env = append(os.Environ(), "COLUMNS=100")
	cmd.Stdin = strings.NewReader(trace)
	out, err := cmd.Output()
	if code := cmd.ProcessState.ExitCode(); code != 3 {
		t.Fatalf("got exit status %d (%v), want 3 for a finding:\n%s", code, err, out)
	}
	return string(out)
}

// varying are the figures of a report that differ from run to run.
var varying = regexp.MustCompile(`>?[0-9.]+( to [0-9.]+)? (ms|µs|s|%)`)

// verdict returns the parts of a report's first finding without varying figures and line breaks.
func verdict(t *testing.T, report string) []string {
	t.Helper()
	_, finding, found := strings.Cut(report, "\n1. ")
	if !found {
		t.Fatalf("got no finding in\n%s", report)
	}
	finding, _, _ = strings.Cut(finding, "\n\n")
	finding = varying.ReplaceAllString(strings.Join(strings.Fields(finding), " "), "N")
	return strings.Split(strings.NewReplacer(" Why ", "\nWhy ", " Fix ", "\nFix ", " Unless ", "\nUnless ").Replace(finding), "\n")
}

// freeAddress returns an address on which nothing listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return fmt.Sprintf("localhost:%d", ln.Addr().(*net.TCPAddr).Port)
}

func get(t *testing.T, url string) string {
	t.Helper()
	client := http.Client{Timeout: time.Minute}
	resp, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var b strings.Builder
	if err := resp.Write(&b); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: got %s (%v), want 200:\n%s", url, resp.Status, err, &b)
	}
	return b.String()
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
