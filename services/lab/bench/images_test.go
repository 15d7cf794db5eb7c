//go:build unix

package bench

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each image of docker-compose.yml has a row, with its size, or with why there is none.
func TestImageSizes(t *testing.T) {
	const engine = `case "$*" in
version*) echo 28.2.2 ;;
"compose config --images") pwd >folder; printf 'spanwise/order\nspanwise/lab\nspanwise/lab\n' ;;
"image inspect --format {{.Size}} spanwise/lab") echo 31250000 ;;
*) echo "Error: No such image: $5" >&2; exit 1 ;;
esac`
	const order, lab = "spanwise/order, size of the image", "spanwise/lab, size of the image"
	for name, test := range map[string]struct {
		script string // of a command docker; empty for none
		want   string
	}{
		"images": {engine, "| " + lab + " |  | 31.2 MB |  | 1 |\n| " + order + " (docker image: Error: No such image: spanwise/order) |  | not measured |  | 0 |"},
		"no engine": {`echo 'Client:'; printf 'Cannot connect to the\n Docker daemon\n' >&2; exit 1`,
			"| sizes of the images (docker version: Cannot connect to the Docker daemon) |  | not measured |  | 0 |"},
		"no Compose": {`[ $1 = version ] || { echo "docker: unknown command: docker compose" >&2; exit 1; }`,
			"| sizes of the images (docker compose: docker: unknown command: docker compose) |  | not measured |  | 0 |"},
		"nonsense": {`case $1 in compose) echo spanwise/lab ;; *) echo huge ;; esac`,
			"| " + lab + ` (strconv.ParseFloat: parsing "huge": invalid syntax) |  | not measured |  | 0 |`},
		"no docker": {"", `| sizes of the images (exec: "docker": executable file not found in $PATH) |  | not measured |  | 0 |`},
	} {
		t.Run(name, func(t *testing.T) {
			bin, root := t.TempDir(), t.TempDir()
			t.Setenv("PATH", bin)
			if test.script != "" {
				text := "#!/bin/sh\n" + test.script + "\n"
				if err := os.WriteFile(filepath.Join(bin, "docker"), []byte(text), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			var b strings.Builder
			alone(&b, imageSizes(t.Context(), root))
			if _, got, _ := strings.Cut(strings.TrimSpace(b.String()), "| --- |\n"); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
			if _, err := os.Stat(filepath.Join(root, "folder")); name == "images" && err != nil {
				t.Errorf("docker compose was not asked in the source tree: %v", err)
			}
		})
	}
}
