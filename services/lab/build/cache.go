package build

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// sumFile is next to a program in the cache and holds its checksum, as sha256sum writes it.
func sumFile(file string) string { return file + ".sha256" }

// install lets put write a program to a temporary file, and then moves it to file with its checksum, so that file is never
// incomplete.
func install(file string, put func(draft string) error) error {
	dir := filepath.Dir(file)
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	temporary, err := os.MkdirTemp(filepath.Dir(dir), filepath.Base(file)+"-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temporary)
	draft := filepath.Join(temporary, filepath.Base(file))
	if err := put(draft); err != nil {
		return err
	}
	sum, err := checksum(draft)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := writeSum(file, sum); err != nil {
		return err
	}
	return os.Rename(draft, file)
}

func writeSum(file, sum string) error {
	return os.WriteFile(sumFile(file), []byte(sum+"  "+filepath.Base(file)+"\n"), 0o644)
}

// check returns an error if a program is missing from the cache or is not what was put there. A program without a
// checksum, from before there were any, gets one.
func check(file string) error {
	if !isFile(file) {
		return fs.ErrNotExist
	}
	sum, err := checksum(file)
	if err != nil {
		return err
	}
	line, err := os.ReadFile(sumFile(file))
	if errors.Is(err, fs.ErrNotExist) {
		_ = writeSum(file, sum) // the cache may be read-only
		return nil
	}
	if want, _, _ := strings.Cut(string(line), " "); err != nil || sum != want {
		return fmt.Errorf("%s does not have the checksum in %s", file, filepath.Base(sumFile(file)))
	}
	return nil
}

// checksum returns the SHA-256 of a file, in hexadecimal.
func checksum(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return "", fmt.Errorf("read %s: %w", file, err)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// lock makes sure that only one process at a time puts a program into the cache.
func (b *builder) lock(ctx context.Context, t tool, cache string) (unlock func(), err error) {
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return nil, fmt.Errorf("make the folder for third-party programs: %w", err)
	}
	type result struct {
		unlock func()
		err    error
	}
	got := make(chan result, 1)
	go func() {
		unlock, err := lockedfile.MutexAt(filepath.Join(cache, t.name+".lock")).Lock()
		got <- result{unlock, err}
	}()
	notice := time.NewTimer(time.Second)
	defer notice.Stop()
	for {
		select {
		case r := <-got:
			return r.unlock, r.err
		case <-notice.C:
			b.progress.say("Waiting for %s, which another start is getting.", t.name)
		case <-ctx.Done():
			go func() {
				if r := <-got; r.err == nil {
					r.unlock()
				}
			}()
			return nil, fmt.Errorf("interrupted while getting %s: run the same command again to continue", t.name)
		}
	}
}
