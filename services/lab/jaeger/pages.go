package jaeger

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"time"
)

// HasPages reports whether the Jaeger at base has pages for people, as released ones do. One that was built from its Go
// module answers with a page without any script, which says that there are none.
func HasPages(ctx context.Context, base string) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(base, "/")+"/search", nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	return err == nil && resp.StatusCode == http.StatusOK && bytes.Contains(page, []byte("<script"))
}
