package fault

import (
	"context"
	"fmt"
	"strings"
	"time"
)

func parseTimeout(f *Faults, value string) error {
	f.timeouts = make(map[string]time.Duration)
	for item := range strings.SplitSeq(value, ",") {
		service, text, ok := strings.Cut(item, ":")
		if !ok {
			return fmt.Errorf("%q lacks a colon between service and time", item)
		}
		if err := known(service, called); err != nil {
			return err
		}
		timeout, err := parseDuration(text)
		if err != nil {
			return err
		}
		f.timeouts[service] = timeout
	}
	return nil
}

// Timeout returns how long the request of ctx lets calls to a service take: what it asked for, or usual.
func Timeout(ctx context.Context, service string, usual time.Duration) time.Duration {
	if d, ok := from(ctx).timeouts[service]; ok {
		return d
	}
	return usual
}
