package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"spanwise/lab/bench"
	"spanwise/lab/build"
	"spanwise/lab/native"
)

func benchmark(set *flag.FlagSet) func(context.Context, env) error {
	quick := set.Bool("quick", false, "shorter runs, for CI")
	strict := set.Bool("strict", false, "exit with 1 if a target is missed")
	only := set.String("only", "", "measure only these `PARTS`, separated by commas: cost, against, ceiling, arrival, memory, lines")
	tree := set.String("against", "", "also compare with the source tree in this `FOLDER`, such as a git worktree of another commit")
	file := set.String("json", "", "also write the figures to this `FILE`, in place of those of the same parts that it has")
	page := set.String("page", "", "also write the tables into this `FILE`, between its two comments, and the picture next to it")
	return func(ctx context.Context, e env) error {
		parts, err := bench.Find(*only)
		if err != nil {
			return misuse(err.Error())
		}
		compares := func(p bench.Part) bool { return p.Compares }
		if *only != "" && *tree == "" && slices.ContainsFunc(parts, compares) {
			return misuse("-only " + *only + " compares with another source tree: name it, as in -against ../before")
		}
		size := bench.Full
		if *quick {
			size = bench.Quick
		}
		r := benchRun{env: e, file: *file, page: *page}
		if err := r.check(); err != nil {
			return err
		}
		if err := r.measure(ctx, parts, size, *tree); err != nil {
			return err
		}
		if missed := r.results.Missed(); *strict && len(missed) > 0 {
			return fmt.Errorf("%d targets were missed, the first: %s", len(missed), missed[0].Name)
		}
		return nil
	}
}

// A benchRun is one run of lab bench.
type benchRun struct {
	env
	file, page string        // where the results go, each unless it is empty
	results    bench.Results // so far, with those that file had
}

// check reads the file and looks at the page, before minutes of measuring.
func (r *benchRun) check() (err error) {
	if r.file != "" {
		if r.results, err = bench.Read(r.file); err != nil {
			return err
		}
	}
	if r.page != "" {
		return fillPage(r.page, "bench", nil)
	}
	return nil
}

// measure measures the parts, and writes what there is after each.
func (r *benchRun) measure(ctx context.Context, parts []bench.Part, size bench.Size, tree string) error {
	root, files, err := built(ctx, r.env)
	if err != nil {
		return err
	}
	b := bench.Bench{
		Ours: func(ctx context.Context, settings []string, do func(*native.Run) error) error {
			return inScratch(ctx, r.env, settings, do)
		},
		Commit: commitOf(ctx, root), Size: size,
		Say: func(format string, args ...any) { fmt.Fprintf(r.stderr, format+"\n", args...) },
	}
	if tree != "" {
		bin, err := os.MkdirTemp("", "spanwise-bin-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(bin)
		if b.Theirs, err = startTheirs(ctx, r.env, tree, bin, files); err != nil {
			return err
		}
		b.Against = commitOf(ctx, tree)
	}
	return b.Run(ctx, parts, r.done)
}

// startTheirs builds the programs of another source tree into bin, and returns what starts a system of them. Its Jaeger and
// Collector are ours.
func startTheirs(ctx context.Context, e env, tree, bin string, ours *build.Programs) (bench.Start, error) {
	root, err := filepath.Abs(tree)
	if err != nil {
		return nil, err
	}
	if root, err = build.Root(root); err != nil {
		return nil, err
	}
	fmt.Fprintf(e.stderr, "building the programs of %s\n", root)
	theirs, err := ours.OfTree(ctx, root, bin)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, settings []string, do func(*native.Run) error) error {
		// Our way to start Jaeger sets GOGC, which is not part of another tree.
		return inTree(ctx, e, root, theirs, append([]string{"GOGC=100"}, settings...), nil, do)
	}, nil
}

// done prints the result of a part, and writes the file and the page with it.
func (r *benchRun) done(one bench.Result) error {
	fmt.Fprintln(r.stdout, bench.Markdown(bench.Results{one}, ""))
	r.results = r.results.With(one)
	if r.file != "" {
		if err := r.results.Write(r.file); err != nil {
			return err
		}
	}
	if r.page == "" {
		return nil
	}
	plot := strings.TrimSuffix(r.page, filepath.Ext(r.page)) + ".svg"
	out, err := os.Create(plot)
	if err != nil {
		return err
	}
	if err := errors.Join(bench.Plot(out, r.results), out.Close()); err != nil {
		return err
	}
	return fillPage(r.page, "bench", []byte("\n"+bench.Markdown(r.results, filepath.Base(plot))+"\n"))
}

// commitOf returns the abbreviated commit of a source tree, with -dirty if its files differ from it, or "unknown".
func commitOf(ctx context.Context, tree string) string {
	out, err := exec.CommandContext(ctx, "git", "-C", tree, "describe", "--always", "--dirty", "--abbrev=7", "--exclude=*").Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}
