//go:build linux

package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

var client = http.Client{Timeout: time.Minute}

func answers(url string) bool {
	answer, err := client.Get(url)
	if err != nil {
		return false
	}
	answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

func post(t *testing.T, url, body string) {
	t.Helper()
	answer, err := client.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("%s answered %s", url, answer.Status)
	}
}

// spans returns how many different spans of a trace Jaeger has.
func spans(jaeger pod, id string) int {
	answer, err := client.Get("http://" + jaeger.address + ":16686/api/traces/" + id)
	if err != nil {
		return 0
	}
	defer answer.Body.Close()
	var found struct {
		Data []struct{ Spans []struct{ SpanID string } }
	}
	if json.NewDecoder(answer.Body).Decode(&found) != nil || len(found.Data) == 0 {
		return 0
	}
	ids := map[string]bool{}
	for _, span := range found.Data[0].Spans {
		ids[span.SpanID] = true
	}
	return len(ids)
}
