package read

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// MaxBytes is how much input is read at most, after unpacking: 1 GiB.
const MaxBytes = 1 << 30

// maxBlank is how much white space may stand on end. The JSON decoder looks at all of it again after each piece that it
// reads, so that a gigabyte of it would take hours.
const maxBlank = 1 << 20

// limited fails, where io.LimitReader would pretend that the input ended.
type limited struct {
	r     io.Reader
	left  int64
	blank int // bytes of white space that the input so far ends with
}

var (
	errTooLarge = fmt.Errorf("larger than %d MiB, the most that is read (try: fewer traces)", MaxBytes>>20)
	errBlank    = errors.New("more than a megabyte of nothing but white space")
)

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errTooLarge
	}
	if int64(len(p)) > l.left {
		p = p[:l.left]
	}
	n, err := l.r.Read(p)
	l.left -= int64(n)
	text := len(bytes.TrimRight(p[:n], " \t\r\n"))
	if text > 0 {
		l.blank = 0
	}
	if l.blank += n - text; l.blank > maxBlank {
		return 0, errBlank
	}
	return n, err
}
