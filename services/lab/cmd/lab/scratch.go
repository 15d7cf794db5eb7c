package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"spanwise/lab/native"
)

// inScratch starts everything in a folder and on ports of its own, calls do, and stops it again. The programs' output
// is kept in a file, and shown in parts only if something goes wrong. settings are added to the programs' environment.
func inScratch(ctx context.Context, w world, settings []string, do func(*native.Run) error) (err error) {
	root, err := sourceTree()
	if err != nil {
		return err
	}
	files, err := programs(ctx, w, root)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "spanwise-")
	if err != nil {
		return err
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return err
	}
	defer func() {
		log.Close()
		if err == nil {
			err = os.RemoveAll(dir)
			return
		}
		err = fmt.Errorf("%w\n(what the programs said, and their data, is in %s)", err, dir)
	}()
	s, err := native.Scratch(root, dir, w.environ, settings...)
	if err != nil {
		return err
	}
	s.Programs = files
	run, err := native.Start(ctx, s, native.NewConsole(log, false))
	if err != nil {
		return err
	}
	return errors.Join(do(run), run.Stop(ctx))
}
