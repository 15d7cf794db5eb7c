package telemetry

import (
	"google.golang.org/grpc/experimental"
	"google.golang.org/grpc/mem"
)

// gRPC's own buffers are of 32 KB and less, or of 1 MB, so that a batch of 200 spans takes one of 1 MB, which is cleared each time
// and allocated again after each garbage collection. These also have the sizes between, as powers of two. gRPC allows this only
// while the program is initialized.
func init() {
	if pool, err := mem.NewBinaryTieredBufferPool(8, 12, 14, 15, 16, 17, 18, 19, 20); err == nil {
		experimental.SetDefaultBufferPool(pool)
	}
}
