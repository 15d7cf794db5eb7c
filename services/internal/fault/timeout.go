package fault

import (
	"context"
	"time"
)

func parseTimeout(f *Faults, value string) (err error) {
	f.timeouts, err = parseTimed(value, called)
	return err
}

// Timeout returns how long the request of ctx lets calls to a service take: what it asked for, or usual.
func Timeout(ctx context.Context, service string, usual time.Duration) time.Duration {
	if d, ok := from(ctx).timeouts[service]; ok {
		return d
	}
	return usual
}
