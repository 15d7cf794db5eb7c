package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"

	"spanwise/lab/story"
)

// keep writes the trace of a step, as the Jaeger at base gives it, into a file in dir. The system that made it will be
// gone when a person looks at it. It returns the file.
func keep(ctx context.Context, base string, r story.Result, dir string) (file string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/api/traces/"+r.Report.TraceID+"?raw=true", nil)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("jaeger answered %s for trace %s", resp.Status, r.Report.TraceID)
	}
	file = filepath.Join(dir, strings.ReplaceAll(r.Step.Title, " ", "-")+".json")
	return file, toFile(file, func(out io.Writer) error {
		_, err := io.Copy(out, resp.Body)
		return err
	})
}
