package read

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// Input over the limit is rejected, not truncated: the diagnosis of a truncated trace would be wrong.
func TestLimit(t *testing.T) {
	for size, want := range map[int]error{9: nil, 10: errTooLarge, 11: errTooLarge, 1000: errTooLarge} {
		got, err := io.ReadAll(&limited{r: strings.NewReader(strings.Repeat("x", size)), left: 10})
		if !errors.Is(err, want) || len(got) > 10 {
			t.Errorf("%d bytes with a limit of 10: read %d, %v; want %v", size, len(got), err, want)
		}
	}
}

// Excessive white space is rejected before it costs time; a little of it, as between lines, is not.
func TestBlank(t *testing.T) {
	for blank, want := range map[int]error{1 << 10: ErrEmpty, maxBlank / 2: ErrEmpty, maxBlank * 2: errBlank, MaxBytes / 2: errBlank} {
		for _, in := range []string{"[]", "[", ""} {
			text := io.MultiReader(strings.NewReader(in), io.LimitReader(spaces{}, int64(blank)), strings.NewReader(strings.Repeat("]", len(in)%2)))
			if _, err := All(text); !errors.Is(err, want) {
				t.Errorf("%q and %d blanks: %v, want %v", in, blank, err, want)
			}
		}
	}
}

// What compressed messages become counts as input, too, all of them together.
func TestDecompressedLimit(t *testing.T) {
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	message := w.EncodeAll(make([]byte, 600), nil)
	f := &frames{builder: newBuilder(), left: 1000}
	if text, err := f.decompress(message); err != nil || len(text) != 600 {
		t.Errorf("the first message: %d bytes, %v", len(text), err)
	}
	if text, err := f.decompress(message); !errors.Is(err, errTooLarge) {
		t.Errorf("the second message: %d bytes, %v, want %v", len(text), err, errTooLarge)
	}
}

type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}
