package build

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// fingerprint identifies the state of a module by its own files and the target platform. The versions in go.mod and the
// hashes in go.sum cover its dependencies.
func fingerprint(dir string) (string, error) {
	hash := sha256.New()
	fmt.Fprintln(hash, runtime.GOOS, runtime.GOARCH)
	found := 0
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !source(entry.Name()) {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		fmt.Fprintf(hash, "%s %d\n%s", filepath.ToSlash(name), len(text), text)
		found++
		return err
	})
	if err == nil && found == 0 {
		err = errors.New(dir + " does not contain a Go module")
	}
	return hex.EncodeToString(hash.Sum(nil))[:16], err
}

func source(name string) bool {
	return name == "go.mod" || name == "go.sum" || strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go")
}

// stamp returns the file, next to a program, that holds the fingerprint it was built from.
func stamp(file string) string { return file + ".from" }

// built reports whether a program exists and was built from that fingerprint.
func built(file, sum string) bool {
	text, err := os.ReadFile(stamp(file))
	return err == nil && strings.TrimSpace(string(text)) == sum && isFile(file)
}

// install copies a program to its place. The stamp is written last, so that it never describes a missing program.
func install(from, file, sum string) error {
	if err := os.Remove(stamp(file)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := copyProgram(from, file); err != nil {
		return err
	}
	return os.WriteFile(stamp(file), []byte(sum+"\n"), 0o644)
}

// copyProgram replaces a program at once, because another process may be running or reading the old one.
func copyProgram(from, to string) (err error) {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.CreateTemp(filepath.Dir(to), filepath.Base(to)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name()) // fails if it was renamed
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Chmod(0o755), out.Close()); err != nil {
		return err
	}
	return os.Rename(out.Name(), to)
}
