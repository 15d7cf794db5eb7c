package main

import (
	"bytes"
	"flag"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write the current output of the command into the scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"doctor": main})
}

// Each script in testdata is a session with the command. Scripts have a fake Jaeger at $JAEGER and a fake Tempo at $TEMPO; `exits N command…` checks
// the exit code.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata",
		UpdateScripts: *update,
		Setup: func(env *testscript.Env) error {
			jaeger := httptest.NewServer(fakeJaeger(env.WorkDir))
			env.Defer(jaeger.Close)
			env.Setenv("JAEGER", jaeger.URL)
			env.Setenv("TEMPO", jaeger.URL+"/tempo")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
	})
}

// exits runs a command that must end with the given code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code command [arg...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := err.(*exec.ExitError)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// The package comment shows what the command prints today.
func TestPackageComment(t *testing.T) {
	const prompt = "//\t$ doctor books.json\n"
	doc, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	before, shown, found := strings.Cut(string(doc), prompt)
	if !found {
		t.Fatalf("main.go has no line %q", prompt)
	}
	shown, after, _ := strings.Cut(shown, "//\n// It exits")
	t.Chdir("../../report/testdata")
	var out, errs bytes.Buffer
	columns := func(key string) string { return map[string]string{"COLUMNS": "96"}[key] }
	if code := run(t.Context(), []string{"doctor", "books.json"}, strings.NewReader(""), &out, &errs, columns); code != exitFindings {
		t.Fatalf("exit code %d, want %d: %s", code, exitFindings, errs.String())
	}
	var printed strings.Builder
	for l := range strings.Lines(out.String()) {
		printed.WriteString(strings.TrimRight("//\t"+strings.TrimRight(l, "\n"), "\t") + "\n")
	}
	if diff := cmp.Diff(shown, printed.String()); diff != "" {
		t.Errorf("main.go (-shown +printed):\n%s", diff)
	}
	if *update {
		t.Chdir("../../cmd/doctor")
		if err := os.WriteFile("main.go", []byte(before+prompt+printed.String()+"//\n// It exits"+after), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// The next steps call the command by the path it was called by, if its name alone would not be found.
func TestNextIsCalledAlike(t *testing.T) {
	for called, want := range map[string]string{"doctor": "doctor", "bin/doctor": "bin/doctor", "/my bin/doctor": "'/my bin/doctor'"} {
		var out bytes.Buffer
		run(t.Context(), []string{called, "explain"}, strings.NewReader(""), &out, &out, func(string) string { return "" })
		if !strings.Contains(out.String(), "Next: "+want+" explain ") {
			t.Errorf("called as %q, its output ends with %q", called, out.String()[max(out.Len()-50, 0):])
		}
	}
}
