//go:build unix

package scale

import (
	"io/fs"
	"syscall"
)

// blocks returns how many bytes of the disk a file takes.
func blocks(info fs.FileInfo) float64 {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return float64(stat.Blocks) * 512 // whatever the size of the file system's blocks is
	}
	return float64(info.Size())
}
