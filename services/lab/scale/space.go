package scale

import (
	"fmt"
	"io/fs"
	"path/filepath"
)

// SpaceOf returns how many bytes of the disk the files in a folder take. They may be larger, with holes that take none.
func SpaceOf(dir string) (bytes float64, err error) {
	err = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		bytes += blocks(info)
		return nil
	})
	if err == nil && bytes == 0 {
		err = fmt.Errorf("%s is empty", dir)
	}
	return bytes, err
}
