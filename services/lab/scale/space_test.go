package scale

import (
	"os"
	"path/filepath"
	"testing"
)

// A folder takes the space of all of its files; an empty one is a mistake.
func TestSpaceOf(t *testing.T) {
	dir := t.TempDir()
	if _, err := SpaceOf(dir); err == nil {
		t.Error("got no error for an empty folder")
	}
	if err := os.MkdirAll(filepath.Join(dir, "keys"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a", "keys/b"} {
		if err := os.WriteFile(filepath.Join(dir, name), make([]byte, 100_000), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := SpaceOf(dir); got < 200_000 || got > 300_000 || err != nil {
		t.Errorf("got %v, %v, want 200,000 bytes and a few", got, err)
	}
}
