package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// A file that cannot be written is found, and none is changed or left behind.
func TestWritable(t *testing.T) {
	dir := t.TempDir()
	old, fresh, lost := filepath.Join(dir, "old"), filepath.Join(dir, "new"), filepath.Join(dir, "missing", "file")
	if err := os.WriteFile(old, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writable("", old, fresh); err != nil {
		t.Error(err)
	}
	if text, err := os.ReadFile(old); err != nil || string(text) != "text" {
		t.Errorf("got %q and %v, want the file as it was", text, err)
	}
	if _, err := os.Stat(fresh); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v of the new file, want that it does not exist", err)
	}
	if err := writable(old, lost); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v of a file in a folder that does not exist", err)
	}
	if err := writable(dir); err == nil {
		t.Error("a folder is said to be writable")
	}
}
