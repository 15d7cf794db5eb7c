package fault

import (
	"fmt"
	"strings"
	"time"
)

// parseTimed reads items of the form service:time, separated by commas. A service that is named twice gets the last.
func parseTimed(value string, services []string) (map[string]time.Duration, error) {
	all := make(map[string]time.Duration)
	for item := range strings.SplitSeq(value, ",") {
		service, text, ok := strings.Cut(item, ":")
		if !ok {
			return nil, fmt.Errorf("%q lacks a colon between service and time", item)
		}
		if err := known(service, services); err != nil {
			return nil, err
		}
		d, err := parseDuration(text)
		if err != nil {
			return nil, err
		}
		all[service] = d
	}
	return all, nil
}
