package native

import (
	"slices"
	"testing"
)

// Each Jaeger gets the configuration that its version understands, and JAEGER_MCP overrides it. The first output is that of the
// Jaeger that make up builds; the others are what releases are expected to print, which cannot be run in every test.
func TestMCPSpelling(t *testing.T) {
	for version, want := range map[string]string{
		"2026/11/29 18:25:48 application version: git-commit=, git-version=, build-date=\n{\"gitCommit\":\"\",\"gitVersion\":\"\",\"buildDate\":\"\"}": "off",
		"": "off",
		`{"gitCommit":"a","gitVersion":"v1.76.0","buildDate":"b"}`: "off",
		`{"gitCommit":"a","gitVersion":"v2.19.0","buildDate":"b"}`: "off",
		`{"gitCommit":"a","gitVersion":"v2.20.0","buildDate":"b"}`: "on",
		`{"gitCommit":"a","gitVersion":"v2.23.1","buildDate":"b"}`: "newer",
		`{"gitCommit":"a","gitVersion":"v3.0.0","buildDate":"b"}`:  "newer",
	} {
		if got := mcpSpelling(version); got != want {
			t.Errorf("%s: got %s, want %s", version, got, want)
		}
	}
	s := Settings{Root: "/src", environ: []string{"JAEGER_MCP=on"}}
	if got := s.withMCP(t.Context(), Program{Args: []string{"--config", "jaeger.yaml"}}).Args; !slices.Contains(got, s.file("deploy/jaeger-mcp-on.yaml")) {
		t.Errorf("got %v, want the file that JAEGER_MCP names", got)
	}
}
