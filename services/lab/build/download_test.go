package build

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"spanwise/internal/memnet"
)

// released is the program in the test's archive. It accepts its configuration, as validate does, if that is not empty.
const released = "#!/bin/sh\nif [ \"$1\" = validate ]; then test -s \"$3\"; else echo released; fi\n"

// archive returns a .tar.gz that holds another file before the program, with bytes that cannot be compressed.
func archive(t *testing.T, size int) []byte {
	t.Helper()
	noise := make([]byte, 0, size)
	for i := 0; len(noise) < size; i++ {
		sum := sha256.Sum256([]byte{byte(i), byte(i >> 8), byte(i >> 16)})
		noise = append(noise, sum[:]...)
	}
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	files := tar.NewWriter(zip)
	for _, f := range []struct{ name, text string }{{"hello-1/other", string(noise)}, {"hello-1/hello", released}} {
		if err := files.WriteHeader(&tar.Header{Name: f.name, Mode: 0o755, Size: int64(len(f.text))}); err != nil {
			t.Fatal(err)
		}
		if _, err := files.Write([]byte(f.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := files.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

// pin writes the list of releases with one for this platform, whose archive has that content.
func pin(t *testing.T, root string, packed []byte) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the program in the archive is a shell script")
	}
	write(t, root, map[string]string{
		"hello.yaml": "valid",
		releasesFile: fmt.Sprintf("# a comment\n\nhello %s/%s one/hello-1.tar.gz hello-1/hello %x\n", runtime.GOOS, runtime.GOARCH, sha256.Sum256(packed)),
	})
}

// prints runs a program and returns what it prints.
func prints(t *testing.T, file string) string {
	t.Helper()
	output, err := exec.Command(file).CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	return string(output)
}

// serve returns the address of a server for archives, and how many requests it got.
func serve(t *testing.T, handle http.HandlerFunc) (address string, asked *atomic.Int32) {
	t.Helper()
	asked = new(atomic.Int32)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if want := "/one/hello-1.tar.gz"; r.URL.Path != want {
			t.Errorf("got a request for %s, want %s", r.URL.Path, want)
		}
		handle(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL, asked
}

// send answers with the archive, or with the rest of it.
func send(packed []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(packed))
	}
}

// A released program is downloaded once. A second start asks nobody, and a damaged one is replaced.
func TestDownload(t *testing.T) {
	root, it := hello(t)
	packed := archive(t, 100)
	pin(t, root, packed)
	mirror, asked := serve(t, send(packed))
	getenv := settings("SPANWISE_MIRROR=" + mirror + "/")
	for i, want := range []struct {
		asked int32
		said  string
	}{{1, "Downloading hello from " + mirror + "/one/hello-1.tar.gz"}, {1, ""}, {2, "hello in the cache is not usable and is replaced"}} {
		file, said, err := provide(t, it, root, getenv)
		if err != nil {
			t.Fatal(err)
		}
		if asked.Load() != want.asked || !strings.Contains(said, want.said) {
			t.Errorf("start %d: asked %d times, and said %q; want %d times and %q", i+1, asked.Load(), said, want.asked, want.said)
		}
		if got := prints(t, file); got != "released\n" {
			t.Errorf("start %d: the program prints %q", i+1, got)
		}
		if left, _ := filepath.Glob(filepath.Join(root, "bin", "*.part")); len(left) > 0 {
			t.Errorf("start %d: left %v", i+1, left)
		}
		if i == 1 {
			write(t, filepath.Dir(file), map[string]string{filepath.Base(file): released + "\n"})
		}
	}
}

// Where a release cannot be had, the program is built, and the reason is said before that.
func TestDownloadFails(t *testing.T) {
	packed := archive(t, 100)
	for _, test := range []struct {
		name   string
		handle http.HandlerFunc
		config string
		want   string
	}{
		{"none", http.NotFound, "valid", "the server answers 404 Not Found"},
		{"another archive", send(append([]byte("x"), packed...)), "valid", "so it was deleted unopened"},
		{"a page to log in", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "<html>") }, "valid", "so it was deleted unopened"},
		{"does not accept the configuration", send(packed), "", "does not run with hello.yaml"},
	} {
		root, it := hello(t)
		pin(t, root, packed)
		write(t, root, map[string]string{"hello.yaml": test.config})
		mirror, _ := serve(t, test.handle)
		file, said, err := provide(t, it, root, settings("SPANWISE_MIRROR="+mirror))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		reason, building := strings.Index(said, test.want), strings.Index(said, "Building hello from source: a second.")
		if reason < 0 || building < reason {
			t.Errorf("%s: said\n%s\nwant %q and then that it is built", test.name, said, test.want)
		}
		if got := prints(t, file); got != "hello\n" {
			t.Errorf("%s: the program prints %q, want the one that was built", test.name, got)
		}
		if left, _ := filepath.Glob(filepath.Join(root, "bin", "*.part")); len(left) > 0 {
			t.Errorf("%s: left %v", test.name, left)
		}
	}
}

// Nobody is asked if nobody listens, if the setting says so, or if there is no release for this platform.
func TestNoDownload(t *testing.T) {
	packed := archive(t, 100)
	mirror, asked := serve(t, send(packed))
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	for _, test := range []struct{ name, mirror, releases, said string }{
		{"nobody listens", closed.URL, "", "hello cannot be downloaded: "},
		{"off", "off", "", ""},
		{"another platform", mirror, "hello plan9/mips one/hello-1.tar.gz hello " + strings.Repeat("0", 64) + "\n", ""},
	} {
		root, it := hello(t)
		pin(t, root, packed)
		if test.releases != "" {
			write(t, root, map[string]string{releasesFile: test.releases})
		}
		file, said, err := provide(t, it, root, settings("SPANWISE_MIRROR="+test.mirror))
		if err != nil || asked.Load() != 0 || !strings.Contains(said, test.said) || prints(t, file) != "hello\n" {
			t.Errorf("%s: got %v after %d requests, and said\n%s", test.name, err, asked.Load(), said)
		}
	}
}

// A line that is not understood is an error that names it, and not a reason to build.
func TestReleasesRefused(t *testing.T) {
	root, it := hello(t)
	write(t, root, map[string]string{releasesFile: "# comment\nhello linux/amd64 path member 123\n"})
	if _, _, err := provide(t, it, root, settings()); err == nil || !strings.Contains(err.Error(), "deploy/tools/releases.txt:2: want program") {
		t.Errorf("got %v, want an error that names the line", err)
	}
}

// The project's own list can be read, and has a release of Jaeger.
func TestReleases(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", filepath.FromSlash(releasesFile)))
	if err != nil {
		t.Fatal(err)
	}
	all, err := parseReleases(text)
	if err != nil || len(all) == 0 || all[0].program != "jaeger" {
		t.Errorf("got %v, %v", all, err)
	}
}

// A download whose connection breaks is continued where it broke, also by the next start.
func TestResume(t *testing.T) {
	root, it := hello(t)
	packed := archive(t, 300_000)
	pin(t, root, packed)
	var mu sync.Mutex
	broken := true
	var ranges []string
	mirror, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		ranges = append(ranges, r.Header.Get("Range"))
		if !broken {
			send(packed)(w, r)
			return
		}
		if len(ranges) > 1 {
			panic(http.ErrAbortHandler) // nothing more comes
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(packed)))
		w.Write(packed[:100_000])
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	getenv := settings("SPANWISE_MIRROR="+mirror, "SPANWISE_CACHE="+filepath.Join(root, "cache"))
	if file, said, err := provide(t, it, root, getenv); err != nil || prints(t, file) != "hello\n" {
		t.Fatalf("got %v, and said\n%s\nwant the program built", err, said)
	}
	if built, _ := filepath.Glob(filepath.Join(root, "cache", "*", "hello")); len(built) != 1 || os.Remove(built[0]) != nil {
		t.Fatalf("got %v, want one program", built)
	}
	mu.Lock()
	broken = false
	mu.Unlock()
	if file, said, err := provide(t, it, root, getenv); err != nil || prints(t, file) != "released\n" {
		t.Errorf("got %v, and said\n%s\nwant the program downloaded", err, said)
	}
	mu.Lock()
	defer mu.Unlock()
	if want := "[ bytes=100000- bytes=100000-]"; fmt.Sprint(ranges) != want {
		t.Errorf("asked for the ranges %v, want %v", ranges, want)
	}
}

// What an interrupted download left behind is not trusted: if the whole is wrong, it is downloaded from the beginning. A server may
// also not be able to continue.
func TestResumeWrong(t *testing.T) {
	packed := archive(t, 1000)
	whole := func(w http.ResponseWriter, r *http.Request) { w.Write(packed) }
	for _, test := range []struct {
		name   string
		left   string
		handle http.HandlerFunc
		asked  int32
	}{
		{"another beginning", "nonsense", send(packed), 2},
		{"more than the whole", strings.Repeat("x", len(packed)+1), send(packed), 2},
		{"the whole", string(packed), send(packed), 1},
		{"no ranges", "nonsense", whole, 1},
	} {
		root, it := hello(t)
		pin(t, root, packed)
		write(t, root, map[string]string{fmt.Sprintf("bin/hello-1.tar.gz-%.8s.part", fmt.Sprintf("%x", sha256.Sum256(packed))): test.left})
		mirror, asked := serve(t, test.handle)
		file, said, err := provide(t, it, root, settings("SPANWISE_MIRROR="+mirror))
		if err != nil || asked.Load() != test.asked || prints(t, file) != "released\n" {
			t.Errorf("%s: got %v after %d requests, want %d; said\n%s", test.name, err, asked.Load(), test.asked, said)
		}
	}
}

// A server that sends nothing, or too little, is given up after exactly ten seconds. The beginning is kept.
func TestSlow(t *testing.T) {
	for _, sent := range []int{0, 1000} {
		synctest.Test(t, func(t *testing.T) {
			network := memnet.New()
			server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Write(make([]byte, sent))
				if sent > 0 {
					w.(http.Flusher).Flush()
				}
				<-r.Context().Done()
			})}
			ln := network.Listen("mirror")
			go server.Serve(ln)
			defer server.Close()
			transport := network.Transport()
			defer transport.CloseIdleConnections()
			b, _ := newBuilder(t.TempDir(), settings())
			s := b.progress.begin("hello", "downloaded")
			defer s.end(nil)
			file := filepath.Join(b.root, "part")
			began := time.Now()
			err := fetch(t.Context(), &http.Client{Transport: transport}, "http://mirror/one", file, s)
			if want := fmt.Sprintf("only %d bytes came within 10s", sent); err == nil || err.Error() != want || time.Since(began) != patience {
				t.Errorf("got %v after %v, want %s after %v", err, time.Since(began), want, patience)
			}
			if text, _ := os.ReadFile(file); len(text) != sent {
				t.Errorf("%d bytes are kept, want %d", len(text), sent)
			}
		})
	}
}
