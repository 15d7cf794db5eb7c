package export

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"os"
	"path/filepath"
	"text/template"
)

// The names in a folder.
const (
	Traces   = "traces"      // the folder of the traces
	Manifest = "truth.json"  // what is true of each
	Schema   = "schema.json" // what truth.json is made of
	ReadMe   = "README.md"
)

var (
	//go:embed readme.md
	readMe string
	//go:embed schema.json
	schema []byte

	readMeOf = template.Must(template.New(ReadMe).Parse(readMe))
)

// write writes everything but the traces.
func write(dir string, truth Truth) error {
	if err := toFile(filepath.Join(dir, Manifest), truth, "  "); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, Schema), schema, 0o644); err != nil {
		return err
	}
	var text bytes.Buffer
	if err := readMeOf.Execute(&text, truth); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, ReadMe), text.Bytes(), 0o644)
}

func toFile(name string, v any, indent string) error {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false) // requests are to be read by people, and nothing of it goes into a page
	enc.SetIndent("", indent)
	if err := enc.Encode(v); err != nil {
		return err
	}
	return os.WriteFile(name, text.Bytes(), 0o644)
}
