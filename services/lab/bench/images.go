package bench

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
)

// imageSizes returns the sizes of the images of docker-compose.yml in that source tree. Of what Docker does not have, it says why.
func imageSizes(ctx context.Context, root string) (figures Figures) {
	_, err := docker(ctx, root, "version", "--format", "{{.Server.Version}}")
	var names string
	if err == nil {
		names, err = docker(ctx, root, "compose", "config", "--images")
	}
	if err != nil {
		return Figures{unmeasured("sizes of the images", err)}
	}
	for _, name := range slices.Compact(slices.Sorted(strings.FieldsSeq(names))) {
		text, err := docker(ctx, root, "image", "inspect", "--format", "{{.Size}}", name)
		var bytes float64
		if err == nil {
			bytes, err = strconv.ParseFloat(text, 64)
		}
		what := name + ", size of the image"
		if err != nil {
			figures = append(figures, unmeasured(what, err))
			continue
		}
		figures = append(figures, figure(what, "MB", bytes/mb))
	}
	return figures
}

// dockerTimeout bounds a question to Docker, which usually answers within a second.
const dockerTimeout = 30 * time.Second

// docker returns what a docker command prints. If it fails, its error is what it says.
func docker(ctx context.Context, dir string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, dockerTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "docker", args...)
	cmd.Dir, cmd.WaitDelay = dir, time.Second
	out, err := cmd.Output()
	failed, ok := errors.AsType[*exec.ExitError](err)
	switch {
	case ctx.Err() != nil:
		err = fmt.Errorf("docker %s: %w", args[0], ctx.Err())
	case ok:
		err = fmt.Errorf("docker %s: %s", args[0], strings.Join(strings.Fields(string(failed.Stderr)), " "))
	}
	return strings.TrimSpace(string(out)), err
}
