package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"spanwise/lab/native"
)

// inScratch builds what is missing, starts everything in a folder and on ports of its own, calls do, and stops it again.
// settings are added to the programs' environment.
func inScratch(ctx context.Context, w world, settings []string, do func(*native.Run) error) error {
	s, err := newScratch(ctx, w)
	if err != nil {
		return err
	}
	return s.run(ctx, settings, do)
}

// A scratch is what runs in scratch folders are made of.
type scratch struct {
	root     string
	programs map[string]string
	environ  []string
}

func newScratch(ctx context.Context, w world) (scratch, error) {
	root, err := sourceTree()
	if err != nil {
		return scratch{}, err
	}
	files, err := programs(ctx, w, root)
	return scratch{root, files, w.environ}, err
}

// run is one run. The programs' output goes to a file, which is kept, with their data, only if something goes wrong; a
// person who ends it early does not want it either.
func (s scratch) run(ctx context.Context, settings []string, do func(*native.Run) error) (err error) {
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
		switch {
		case ctx.Err() != nil:
			err = errors.Join(errors.New("interrupted"), os.RemoveAll(dir))
		case err == nil:
			err = os.RemoveAll(dir)
		default:
			err = fmt.Errorf("%w\n(what the programs said, and their data, is in %s)", err, dir)
		}
	}()
	place, err := native.Scratch(s.root, dir, s.environ, settings...)
	if err != nil {
		return err
	}
	place.Programs = s.programs
	run, err := native.Start(ctx, place, native.NewConsole(log, false))
	if err != nil {
		return err
	}
	return errors.Join(do(run), run.Stop(ctx))
}
