package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"spanwise/internal/database"
	"spanwise/internal/sampling"
	"spanwise/internal/telemetry"
	"spanwise/lab/blind"
	"spanwise/lab/build"
	"spanwise/lab/jaeger"
	"spanwise/lab/native"
	"spanwise/lab/play"
	"spanwise/pricing"
)

// usualJaeger is where make up and docker compose put Jaeger, and where the doctor looks for it.
const usualJaeger = "http://localhost:16686"

func jaegerURL(e env) string { return cmp.Or(e.getenv("JAEGER_URL"), usualJaeger) }

// traceAt returns what to put before a trace's id to look at it: the address of Jaeger's page if this Jaeger has pages,
// otherwise the doctor's command.
func traceAt(ctx context.Context, address string) string {
	if jaeger.HasUI(ctx, address) {
		return address + "/trace/"
	}
	if address == usualJaeger {
		return ".bin/doctor "
	}
	return ".bin/doctor -jaeger " + address + " "
}

// blinded reads traces from the Jaeger at base without anything that gives the planted fault away.
func blinded(base string) *jaeger.Reader {
	return jaeger.New(base, blind.Transport(http.DefaultTransport))
}

// attached reads traces from the Jaeger at JAEGER_URL, blinded, with SAMPLING as the services have it.
func attached(e env) (*jaeger.Reader, error) {
	mode, err := sampling.Parse(e.getenv(sampling.Name))
	reader := blinded(jaegerURL(e))
	reader.Tail = mode.Tail
	return reader, err
}

// shopOf returns the services of a run.
func shopOf(run *native.Run) play.Client {
	return play.New(run.Shop())
}

// grow returns a function that adds products to the catalogue of a run.
func grow(e env, run *native.Run) func(ctx context.Context, products int) error {
	return func(ctx context.Context, products int) error {
		return addProducts(ctx, e, e.stderr, run.Settings, products)
	}
}

// addProducts makes products until pricing's catalogue has that many, and shows its progress on out.
func addProducts(ctx context.Context, e env, out io.Writer, s native.Settings, products int) error {
	bar := bar{out: out, terminal: isTerminal(out), began: time.Now(), of: products}
	defer bar.end()
	return addProductsTo(ctx, e, s.DatabaseURL(native.Pricing), s.Data, products, bar.show)
}

// addProductsTo makes products in the database at url, or in the SQLite file in dir if url is empty.
func addProductsTo(ctx context.Context, e env, url, dir string, products int, progress func(done int)) error {
	silent := telemetry.Disabled(slog.New(slog.NewTextHandler(e.stderr, nil)))
	db, err := database.Open(ctx, database.Config{
		Service: native.Pricing, URL: url, Dir: dir, Wait: 10 * time.Second, Migrations: pricing.Migrations,
	}, silent)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := pricing.Seed(ctx, db, products, progress); err != nil {
		return fmt.Errorf("make a catalogue of %d products: %w", products, err)
	}
	return nil
}

func sourceTree() (string, error) {
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	root, err := build.Root(here)
	if err != nil {
		err = fmt.Errorf("%w: change to the folder that contains its go.work", err)
	}
	return root, err
}

// settingsOf returns the settings of lab up.
func settingsOf(e env) (native.Settings, error) {
	root, err := sourceTree()
	if err != nil {
		return native.Settings{}, err
	}
	return native.FromEnv(root, e.environ)
}

// programs gets what is missing and returns the programs. watch may be nil: see [build.Progress]. Without tools, they are those of
// [native.Direct].
func programs(ctx context.Context, e env, root string, console *native.Console, watch func(map[string]string), tools ...string) (*build.Programs, error) {
	p := &build.Progress{Say: func(line string) { console.Say("%s", line) }, Watch: watch}
	if console.Terminal() {
		p.Show = console.Show
	}
	return build.Begin(ctx, root, e.getenv, p, tools...)
}

// logFile is where the output of a scratch system's programs goes, in its data folder.
const logFile = "log"

// inScratch builds what is missing, starts a system with its own folder and ports, calls do, and stops the system. settings are
// variables for its programs. The folder is kept only after a failure. At the second Ctrl-C the programs are killed.
func inScratch(ctx context.Context, e env, settings []string, do func(*native.Run) error) error {
	return inPrepared(ctx, e, settings, nil, do)
}

// A preparation changes the settings of a system before it starts. undo is called after it has stopped.
type preparation func(*native.Settings) (undo func() error, err error)

// inPrepared is inScratch with a preparation; nil changes nothing.
func inPrepared(ctx context.Context, e env, settings []string, prepare preparation, do func(*native.Run) error) error {
	root, files, err := built(ctx, e)
	if err != nil {
		return err
	}
	return inTree(ctx, e, root, files, settings, prepare, do)
}

// built builds what is missing and returns the source tree and its programs. tools are those of [programs].
func built(ctx context.Context, e env, tools ...string) (root string, files *build.Programs, err error) {
	if root, err = sourceTree(); err != nil {
		return "", nil, err
	}
	files, err = programs(ctx, e, root, native.NewConsole(e.stderr, isTerminal(e.stderr)), nil, tools...)
	if err != nil {
		return "", nil, err
	}
	return root, files, files.Wait()
}

// inTree is inPrepared for the programs and the configuration of a source tree.
func inTree(
	ctx context.Context, e env, root string, files native.Files, settings []string, prepare preparation, do func(*native.Run) error,
) (err error) {
	dir, err := os.MkdirTemp("", "spanwise-")
	if err != nil {
		return err
	}
	log, err := os.Create(filepath.Join(dir, logFile))
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
			err = fmt.Errorf("%w\n(the programs' log and data are in %s)", err, dir)
		}
	}()
	apart, err := native.Scratch(root, dir, e.environ, settings...)
	if err != nil {
		return err
	}
	apart.Programs = files
	if prepare != nil {
		undo, wrong := prepare(&apart)
		if wrong != nil {
			return wrong
		}
		defer func() { err = errors.Join(err, undo()) }()
	}
	run, err := native.Start(ctx, apart, native.NewConsole(log, false))
	if err != nil {
		return err
	}
	defer killAtSecond(ctx, e, run)()
	return errors.Join(do(run), run.Stop(ctx))
}
