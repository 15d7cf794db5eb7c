package native

import (
	"cmp"
	"context"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// versionTimeout bounds the question for Jaeger's version. Usually the answer takes 0.1 s.
const versionTimeout = 5 * time.Second

// withMCP adds the configuration of Jaeger's own endpoint for AI agents that this Jaeger understands. With another one it would not
// start. JAEGER_MCP overrides the choice.
func (s Settings) withMCP(ctx context.Context, p Program) Program {
	spelling := lookup(s.environ, "JAEGER_MCP")
	if spelling == "" {
		ctx, cancel := context.WithTimeout(ctx, versionTimeout)
		defer cancel()
		ask := exec.CommandContext(ctx, p.Path, "version")
		ask.Env = p.Env
		version, _ := ask.Output() // if that fails, the version is unknown
		spelling = mcpSpelling(string(version))
	}
	if spelling == "off" { // its file says nothing, and older source trees, for lab bench -against, do not have it
		return p
	}
	p.Args = append(slices.Clip(p.Args), "--config", s.file("deploy/jaeger-mcp-"+spelling+".yaml"))
	return p
}

// gitVersion is how jaeger version writes a release. A Jaeger that was built from its module has none.
var gitVersion = regexp.MustCompile(`"gitVersion":"v(\d+)\.(\d+)\.`)

// mcpSpelling returns the X of the file deploy/jaeger-mcp-X.yaml for the output of jaeger version.
func mcpSpelling(version string) string {
	m := gitVersion.FindStringSubmatch(version)
	if m == nil {
		return "off"
	}
	major, _ := strconv.Atoi(m[1])
	minor, _ := strconv.Atoi(m[2])
	switch cmp.Or(cmp.Compare(major, 2), cmp.Compare(minor, 20)) {
	case -1:
		return "off"
	case 0:
		return "on"
	}
	return "newer"
}
