//go:build unix

package drill

import (
	"fmt"
	"syscall"

	"github.com/dustin/go-humanize"
)

// needsFiles makes sure that a program may open as many connections as the drill makes. Go raises the limit to the hard one.
func needsFiles() error {
	const want = manyIdle + 1000
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return err
	}
	if limit.Max < want {
		return fmt.Errorf("a program may open %s files here; the drill needs %s (raise it with ulimit -Hn)", humanize.Comma(int64(limit.Max)), humanize.Comma(want))
	}
	return nil
}
