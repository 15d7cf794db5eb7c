package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// writable returns an error if one of the files cannot be written, so that a command says so before it measures for minutes. The
// files stay as they are. Empty names are ignored, and so are pipes, whose readers would take the attempt for the end.
func writable(files ...string) error {
	for _, file := range files {
		info, err := os.Stat(file)
		if file == "" || err == nil && info.Mode()&fs.ModeNamedPipe != 0 {
			continue
		}
		f, failed := os.OpenFile(file, os.O_WRONLY|os.O_CREATE, 0o644)
		if failed != nil {
			return fmt.Errorf("%w (create its folder, or name another file)", failed)
		}
		if err := f.Close(); err != nil {
			return err
		}
		if errors.Is(err, fs.ErrNotExist) {
			if err := os.Remove(file); err != nil {
				return err
			}
		}
	}
	return nil
}
