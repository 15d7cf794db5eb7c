package main

import (
	"bytes"
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
	page := set.String("page", "", "also write the tables of all that is in the file of -json into this `FILE`, between its two comments, and the picture next to it")
	return func(ctx context.Context, e env) error {
		parts, err := bench.Find(*only)
		if err != nil {
			return misuse(err.Error())
		}
		compares := func(p bench.Part) bool { return p.Compares }
		uses := func(p bench.Part) bool { return p.UsesTheirs() }
		switch {
		case *only != "" && *tree == "" && slices.ContainsFunc(parts, compares):
			return misuse("-only " + *only + " compares with another source tree: name it, as in -against ../before")
		case *tree != "" && !slices.ContainsFunc(parts, uses):
			return misuse("-only " + *only + " measures nothing of another source tree: leave out -against, or add against or memory to -only")
		case *page != "" && *file == "":
			return misuse("-page needs -json, the file with the figures of the parts that are not measured now")
		}
		theirs, err := otherTree(*tree)
		if err != nil {
			return err
		}
		size := bench.Full
		if *quick {
			size = bench.Quick
		}
		r := benchRun{env: e, file: *file, page: *page}
		if err := r.check(); err != nil {
			return err
		}
		if err := r.measure(ctx, parts, size, theirs); err != nil {
			return err
		}
		if missed := r.measured.Missed(); *strict && len(missed) > 0 {
			return fmt.Errorf("%d targets were missed, the first: %s", len(missed), missed[0].Name)
		}
		return nil
	}
}

// A benchRun is one run of lab bench.
type benchRun struct {
	env
	file, page string        // where the results go, each unless it is empty
	measured   bench.Results // so far
	results    bench.Results // the same, with those that file had
}

// check reads the file, and sees that it, the page, and the picture can be written, before minutes of measuring.
func (r *benchRun) check() (err error) {
	if r.file != "" {
		if r.results, err = bench.Read(r.file); err != nil {
			return err
		}
	}
	if r.page != "" {
		if err := fillPage(r.page, "bench", nil); err != nil {
			return err
		}
	}
	return writable(r.file, r.picture())
}

// picture is the file of the picture next to the page, or "" without a page.
func (r *benchRun) picture() string {
	if r.page == "" {
		return ""
	}
	return strings.TrimSuffix(r.page, filepath.Ext(r.page)) + ".svg"
}

// measure measures the parts, and writes what there is after each. theirs is the source tree to compare with, or "".
func (r *benchRun) measure(ctx context.Context, parts []bench.Part, size bench.Size, theirs string) error {
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
	if theirs != "" {
		bin, err := os.MkdirTemp("", "spanwise-bin-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(bin)
		if b.Theirs, err = startTheirs(ctx, r.env, theirs, bin, files); err != nil {
			return err
		}
		b.Against = commitOf(ctx, theirs)
	}
	return b.Run(ctx, parts, r.done)
}

// otherTree returns the root of the source tree that -against names, or "" without one.
func otherTree(folder string) (string, error) {
	if folder == "" {
		return "", nil
	}
	at, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	_, err = os.Stat(at) // build.Root would find the tree around a folder that does not exist
	if err == nil {
		at, err = build.Root(at)
	}
	if err == nil && isOurs(at) {
		err = errors.New("this is the source tree that is measured")
	}
	if err != nil {
		return "", misuse(fmt.Sprintf("-against %s: %v (name another source tree, such as that of git worktree add ../before COMMIT)", folder, err))
	}
	return at, nil
}

// isOurs reports whether a source tree is the one that the command was called in, by whatever path.
func isOurs(root string) bool {
	here, err := sourceTree()
	if err != nil {
		return false // built says so
	}
	one, wrong := os.Stat(root)
	other, err := os.Stat(here)
	return wrong == nil && err == nil && os.SameFile(one, other)
}

// startTheirs builds the programs of another source tree into bin, and returns what starts a system of them. Its Jaeger and
// Collector are ours.
func startTheirs(ctx context.Context, e env, root, bin string, ours *build.Programs) (bench.Start, error) {
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
	fmt.Fprintln(r.stdout, one)
	r.measured, r.results = r.measured.With(one), r.results.With(one)
	if r.file != "" {
		if err := r.results.Write(r.file); err != nil {
			return err
		}
	}
	if r.page == "" {
		return nil
	}
	var picture bytes.Buffer
	if err := bench.Plot(&picture, r.results); err != nil {
		return err
	}
	if picture.Len() > 0 { // an older picture stays until there are figures for another one
		if err := os.WriteFile(r.picture(), picture.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return fillPage(r.page, "bench", []byte("\n"+bench.Markdown(r.results, filepath.Base(r.picture()))+"\n"))
}

// commitOf returns the abbreviated commit of a source tree, or "unknown". It ends in -dirty if files differ from it, other than those
// in docs, where one measurement after another writes its figures.
func commitOf(ctx context.Context, tree string) string {
	git := func(args ...string) *exec.Cmd {
		return exec.CommandContext(ctx, "git", append([]string{"-C", tree}, args...)...)
	}
	out, err := git("rev-parse", "--short=7", "HEAD").Output()
	if err != nil {
		return "unknown"
	}
	commit := strings.TrimSpace(string(out))
	if git("diff", "--quiet", "HEAD", "--", ":(top,exclude)docs").Run() != nil {
		commit += "-dirty"
	}
	return commit
}
