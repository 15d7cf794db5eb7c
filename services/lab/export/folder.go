package export

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"os"
	"path/filepath"
	"text/template"
)

// The names of files and folders in an export.
const (
	Traces   = "traces"      // the folder of traces
	Manifest = "truth.json"  // what is true about each file
	Schema   = "schema.json" // of truth.json
	ReadMe   = "README.md"
)

var (
	//go:embed readme.md
	readMe string
	//go:embed schema.json
	schema []byte

	readMeOf = template.Must(template.New(ReadMe).Parse(readMe))
)

// write writes everything except the traces.
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
	enc.SetEscapeHTML(false) // people read the requests, and the file is not part of a page
	enc.SetIndent("", indent)
	if err := enc.Encode(v); err != nil {
		return err
	}
	return os.WriteFile(name, text.Bytes(), 0o644)
}
