package native

import (
	"context"
	"os/exec"
	"slices"
)

// mcpFile makes Jaeger serve its tools over the Model Context Protocol. A Jaeger before 2.20, such as one that was built from its
// module, does not start with it.
const mcpFile = "deploy/jaeger-mcp-on.yaml"

// withMCP adds the file to Jaeger's arguments if this Jaeger accepts it.
func (s Settings) withMCP(ctx context.Context, jaeger Program) Program {
	args := append(slices.Clone(jaeger.Args), "--config", s.file(mcpFile))
	check := exec.CommandContext(ctx, jaeger.Path, append([]string{"validate"}, args...)...)
	check.Dir, check.Env = jaeger.Dir, jaeger.Env
	if check.Run() == nil {
		jaeger.Args = args
	}
	return jaeger
}
