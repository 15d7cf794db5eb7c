package telemetry

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// The folder can be copied into any service: it imports no package of this project and does not mention the demo shop.
func TestFolderStandsAlone(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range file.Imports {
			if path, _ := strconv.Unquote(spec.Path.Value); strings.HasPrefix(path, "spanwise/") {
				t.Errorf("%s imports %s", name, path)
			}
		}
		if name != "copy_test.go" && strings.Contains(strings.ToLower(string(text)), "shop") {
			t.Errorf("%s mentions the shop", name)
		}
	}
}
