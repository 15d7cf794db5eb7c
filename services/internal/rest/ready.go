package rest

import (
	"context"
	"fmt"
	"net/http"
)

// Ask asks a URL that tells whether a program is ready. An error says that it is not, or not there; ctx bounds the wait.
func Ask(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		return fmt.Errorf("%s answered %s", url, resp.Status)
	}
	return nil
}
