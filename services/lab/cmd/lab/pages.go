package main

import (
	"context"
	"net/http"
	"strings"
	"time"
)

// traceAt returns what to put before a trace's id to look at it in a browser: Jaeger's page if it has any, as released
// Jaegers have, else its API, which is all that one built from its Go module has.
func traceAt(ctx context.Context, jaeger string) string {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, jaeger+"/search", nil)
	if err != nil {
		return jaeger + "/api/traces/"
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return jaeger + "/api/traces/"
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusOK && strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		return jaeger + "/trace/"
	}
	return jaeger + "/api/traces/"
}
