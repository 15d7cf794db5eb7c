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

// fingerprint tells one state of a module from another: its own files, and for what it is built. The versions
// in go.mod and the hashes in go.sum stand for everything else.
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
		err = errors.New(dir + " holds no Go module")
	}
	return hex.EncodeToString(hash.Sum(nil))[:16], err
}

func source(name string) bool {
	return name == "go.mod" || name == "go.sum" || strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go")
}

// stamp is the file beside a program that tells what it was built from.
func stamp(file string) string { return file + ".from" }

// built reports whether a program is there and was built from that.
func built(file, sum string) bool {
	text, err := os.ReadFile(stamp(file))
	return err == nil && strings.TrimSpace(string(text)) == sum && isFile(file)
}

// install puts a program in its place. The stamp comes last, so that it never tells of a program that is not there.
func install(from, file, sum string) error {
	if err := os.Remove(stamp(file)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := keep(from, file); err != nil {
		return err
	}
	return os.WriteFile(stamp(file), []byte(sum+"\n"), 0o644)
}

// keep copies a program to a place where only a whole one may be seen, and where the old one may be running.
func keep(from, to string) (err error) {
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
	defer os.Remove(out.Name()) // gone already if all went well
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Chmod(0o755), out.Close()); err != nil {
		return err
	}
	return os.Rename(out.Name(), to)
}
