package main

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// search reads the query of Jaeger's search page: the service, and either how far back to look or two times in µs.
func search(t target, query url.Values, now time.Time) (target, error) {
	t.service = query.Get("service")
	t.from, t.to = now.Add(-15*time.Minute), now
	start, errStart := strconv.ParseInt(query.Get("start"), 10, 64)
	end, errEnd := strconv.ParseInt(query.Get("end"), 10, 64)
	switch back, err := lookback(query.Get("lookback")); {
	case err == nil:
		t.from = now.Add(-back)
	case errStart == nil && errEnd == nil:
		t.from, t.to = time.UnixMicro(start), time.UnixMicro(end)
	}
	for key, values := range query {
		meant := values[0] != "" && values[0] != "all" && values[0] != "{}"
		if meant && slices.Contains([]string{"operation", "tags", "minDuration", "maxDuration"}, key) {
			t.unused = append(t.unused, key)
		}
	}
	slices.Sort(t.unused)
	if t.service == "" {
		return t, fmt.Errorf("the search in the address names no service (try: -service NAME)")
	}
	return t, nil
}

// lookback parses how far back Jaeger's page looks, such as 15m or 2d.
func lookback(text string) (time.Duration, error) {
	if days, found := strings.CutSuffix(text, "d"); found {
		n, err := strconv.Atoi(days)
		return time.Duration(n) * 24 * time.Hour, err
	}
	return time.ParseDuration(text)
}
