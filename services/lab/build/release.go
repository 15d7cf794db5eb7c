package build

import (
	"archive/tar"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"strings"
)

// releasesFile lists the released programs whose checksums are known.
const releasesFile = "deploy/tools/releases.txt"

// usualMirror is where releases are downloaded unless SPANWISE_MIRROR names another server with the same paths.
const usualMirror = "https://github.com"

// A release is the archive of a released program for one platform.
type release struct {
	program  string
	platform string // as linux/amd64
	path     string // of the archive on the server
	member   string // the file in the archive
	sum      string // SHA-256 of the archive, in hexadecimal
}

// folder is where the release is in the cache. A different archive has a different folder.
func (r release) folder() string {
	return strings.TrimSuffix(path.Base(r.path), ".tar.gz") + "-" + r.sum[:8]
}

// release returns the release of a program for this platform; nil if there is none, or if it is not wanted.
func (b *builder) release(t tool) (*release, error) {
	if b.getenv("SPANWISE_MIRROR") == "off" {
		return nil, nil
	}
	text, err := os.ReadFile(filepath.Join(b.root, filepath.FromSlash(releasesFile)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	all, err := parseReleases(text)
	for _, r := range all {
		if r.program == t.release && r.platform == runtime.GOOS+"/"+runtime.GOARCH {
			return &r, err
		}
	}
	return nil, err
}

// parseReleases reads lines of program, platform, path, member and checksum, between comments.
func parseReleases(text []byte) ([]release, error) {
	var all []release
	n := 0
	for line := range bytes.Lines(text) {
		n++
		f := strings.Fields(string(line))
		if len(f) == 0 || strings.HasPrefix(f[0], "#") {
			continue
		}
		if len(f) != 5 || len(f[4]) != 64 {
			return nil, fmt.Errorf("%s:%d: want program, platform, path, file in the archive and SHA-256", releasesFile, n)
		}
		all = append(all, release{f[0], f[1], f[2], f[3], f[4]})
	}
	return all, nil
}

// download puts a released program into file. What it has downloaded when it is interrupted stays in the cache, and the next
// download continues from there.
func (b *builder) download(ctx context.Context, t tool, r release, file string) error {
	address := strings.TrimSuffix(cmp.Or(b.getenv("SPANWISE_MIRROR"), usualMirror), "/") + "/" + r.path
	archive := filepath.Join(filepath.Dir(filepath.Dir(file)), path.Base(r.path)+"-"+r.sum[:8]+".part")
	b.progress.say("Downloading %s from %s", t.name, address)
	s := b.progress.begin(t.name, "downloaded")
	err := b.fetchVerified(ctx, address, archive, r.sum, s)
	s.end(err)
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("interrupted while downloading %s: run the same command again to continue", t.name)
	}
	if err != nil {
		return err
	}
	err = install(file, func(draft string) error {
		if err := unpack(archive, r.member, draft); err != nil {
			return err
		}
		return b.accepts(ctx, t, draft)
	})
	return errors.Join(err, os.Remove(archive))
}

// accepts returns an error if a program cannot run here or does not accept its configuration files, which were written for the
// version that is built.
func (b *builder) accepts(ctx context.Context, t tool, program string) error {
	args := []string{"validate"}
	for _, config := range t.configs {
		args = append(args, "--config", filepath.FromSlash(config))
	}
	check := exec.CommandContext(ctx, program, args...)
	check.Dir = b.root
	if output, err := check.CombinedOutput(); err != nil {
		return fmt.Errorf("it does not run with %s (%w): %s", strings.Join(t.configs, " and "), err, lastLines(string(output), 3))
	}
	return nil
}

// fetchVerified downloads an archive and checks it. If it is wrong and began with what an earlier download had left behind, it
// is downloaded once more.
func (b *builder) fetchVerified(ctx context.Context, address, archive, want string, s *step) error {
	for {
		left := isFile(archive)
		if err := fetch(ctx, b.client, address, archive, s); err != nil {
			return err
		}
		got, err := checksum(archive)
		if err != nil {
			return err
		}
		if got == want {
			return nil
		}
		if err := os.Remove(archive); err != nil {
			return err
		}
		if !left {
			return fmt.Errorf("its SHA-256 is %s instead of %s, so it was deleted unopened", got, want)
		}
	}
}

// unpack writes one file of a .tar.gz to a file.
func unpack(archive, member, to string) error {
	f, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer f.Close()
	plain, err := gzip.NewReader(f)
	if err != nil {
		return fmt.Errorf("unpack the archive: %w", err)
	}
	files := tar.NewReader(plain)
	for {
		header, err := files.Next()
		if err == io.EOF {
			return fmt.Errorf("the archive does not contain %s", member)
		}
		if err != nil {
			return fmt.Errorf("unpack the archive: %w", err)
		}
		if path.Clean(header.Name) != member || header.Typeflag != tar.TypeReg {
			continue
		}
		out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o755)
		if err != nil {
			return err
		}
		_, err = io.Copy(out, files)
		return errors.Join(err, out.Close())
	}
}
