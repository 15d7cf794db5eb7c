//go:build !linux

package fault

import (
	"context"
	"time"
)

// burn does the work that took that much CPU time on the machine where it was measured, a server of 2023. Only Linux lets
// a thread measure its own time.
func burn(ctx context.Context, cpu time.Duration) {
	for n := cpu / (10 * time.Microsecond); n > 0 && ctx.Err() == nil; n-- {
		hash()
	}
}
