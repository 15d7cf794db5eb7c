package read

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// maxLayers is how often an input may be compressed.
const maxLayers = 4

// maxWindow is how far back in its output a zstd stream may refer: what zstd --long uses.
const maxWindow = 1 << 27

func isZstd(start []byte) bool { return bytes.HasPrefix(start, []byte{0x28, 0xb5, 0x2f, 0xfd}) }

func isGzip(start []byte) bool { return bytes.HasPrefix(start, []byte{0x1f, 0x8b}) }

func newZstd(in io.Reader) (*zstd.Decoder, error) {
	return zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
}

// unpack returns r without its compression, if it has any, and fails beyond the limit at each layer.
func unpack(r io.Reader, limit int64) (*bufio.Reader, error) {
	in := bufio.NewReader(r)
	for range maxLayers {
		magic, err := in.Peek(4)
		if err != nil && err != io.EOF && len(magic) == 0 {
			return nil, err
		}
		var text io.Reader
		name := ""
		switch {
		case isGzip(magic):
			name = "gzip"
			text, err = gzip.NewReader(in)
		case isZstd(magic):
			name = "zstd"
			var d *zstd.Decoder
			d, err = newZstd(in)
			text = d
		default:
			return bufio.NewReaderSize(&limited{r: in, left: limit}, maxFirstLine), nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s, byte 0: %w", name, err)
		}
		in = bufio.NewReader(&limited{r: text, left: limit})
	}
	return nil, fmt.Errorf("compressed more than %d times", maxLayers)
}
