package read

import (
	"errors"
	"io"
	"strings"
	"testing"
)

// Input over the limit is refused, not cut: a trace that lost its end would be diagnosed wrongly.
func TestLimit(t *testing.T) {
	for size, want := range map[int]error{9: nil, 10: errTooLarge, 11: errTooLarge, 1000: errTooLarge} {
		got, err := io.ReadAll(&limited{r: strings.NewReader(strings.Repeat("x", size)), left: 10})
		if !errors.Is(err, want) || len(got) > 10 {
			t.Errorf("%d bytes with a limit of 10: read %d, %v; want %v", size, len(got), err, want)
		}
	}
}
