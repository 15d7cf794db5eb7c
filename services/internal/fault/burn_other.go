//go:build !linux

package fault

import (
	"context"
	"time"
)

// burn computes what took that much processor time on the machine it was measured on, a 2023 server. Only Linux lets a
// thread ask for its own time.
func burn(ctx context.Context, cpu time.Duration) {
	for n := cpu / (10 * time.Microsecond); n > 0 && ctx.Err() == nil; n-- {
		hash()
	}
}
