package main

import (
	"os"
	"path/filepath"
	"testing"
)

// The table replaces the one before it, and nothing else of the page.
func TestFillPage(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(page, []byte("# Page\n<!-- story: by hand -->\nold\n<!-- end of story -->\nend\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ text, want string }{
		{"new\n", "# Page\n<!-- story: by hand -->\nnew\n<!-- end of story -->\nend\n"},
		{"newer\n", "# Page\n<!-- story: by hand -->\nnewer\n<!-- end of story -->\nend\n"},
	} {
		if err := fillPage(page, "story", []byte(step.text)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(page); err != nil || string(got) != step.want {
			t.Errorf("got %q, %v, want %q", got, err, step.want)
		}
	}
}
