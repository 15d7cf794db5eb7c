package read

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// frames reads what the Collector's file exporter writes with format: proto or compression: zstd: messages, each after its length in four
// bytes, and each compressed by itself
// (https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/fileexporter#file-format).
type frames struct {
	*builder
	at     int64 // bytes read
	zstd   *zstd.Decoder
	left   int64 // bytes that may still be decompressed
	others int   // messages without spans
}

func (f *frames) all(in *bufio.Reader) error {
	f.left = MaxBytes
	for {
		message, err := f.next(in)
		switch {
		case err == io.EOF:
			return f.end()
		case cutOff(err) && len(f.order) > 0:
			f.cutAt = f.at
			return f.end()
		case cutOff(err):
			err = errors.New("cut off in the middle of a message (an incomplete download?)")
		case err == nil:
			err = f.message(message)
		}
		if err != nil {
			return fmt.Errorf("OTLP messages, byte %d: %w", f.at, err)
		}
	}
}

// next returns the next message as it is written.
func (f *frames) next(in *bufio.Reader) ([]byte, error) {
	var length [4]byte
	n, err := io.ReadFull(in, length[:])
	if f.at += int64(n); err != nil {
		return nil, err
	}
	size := int64(binary.BigEndian.Uint32(length[:]))
	if size > MaxBytes {
		return nil, errTooLarge
	}
	message, err := io.ReadAll(io.LimitReader(in, size)) // grows with what is there, whatever the length claims
	f.at += int64(len(message))
	if err == nil && int64(len(message)) < size {
		err = io.ErrUnexpectedEOF
	}
	return message, err
}

// message reads one message, in any of the encodings.
func (f *frames) message(message []byte) (err error) {
	if isZstd(message) {
		if message, err = f.decompress(message); err != nil {
			return err
		}
	}
	if len(message) > 0 && message[0] == '{' {
		r := &records{builder: f.builder}
		return r.document(message)
	}
	if err = f.otlpMessage(message); errors.Is(err, errNotTraces) {
		f.others++
		return nil
	}
	return err
}

// decompress reads a message as a stream: at once, the decoder would copy what it has for each frame in it.
func (f *frames) decompress(message []byte) (text []byte, err error) {
	if f.zstd == nil {
		f.zstd, err = newZstd(nil)
	}
	if err == nil {
		err = f.zstd.Reset(bytes.NewReader(message))
	}
	if err == nil {
		text, err = io.ReadAll(io.LimitReader(f.zstd, f.left+1))
	}
	if f.left -= int64(len(text)); err == nil && f.left < 0 {
		return nil, errTooLarge
	}
	if err != nil {
		return nil, fmt.Errorf("zstd: %w", err)
	}
	return text, nil
}

func (f *frames) end() error {
	if f.zstd != nil {
		f.zstd.Close()
	}
	switch {
	case f.others > 0 && len(f.order) == 0:
		return errNotTraces
	case f.others > 0:
		f.remarks = append(f.remarks, fmt.Sprintf("messages of OTLP metrics or logs, passed over: %d", f.others))
	}
	return nil
}

// body reads a single message without a length, such as the body of a request.
func (b *builder) body(in *bufio.Reader) error {
	message, err := io.ReadAll(in)
	if err == nil || cutOff(err) {
		err = b.otlpMessage(message)
	}
	switch {
	case cutOff(err) && len(b.order) > 0:
		b.cutAt = int64(len(message))
		return nil
	case cutOff(err):
		return fmt.Errorf("OTLP protobuf, byte %d: cut off in the middle of a message (an incomplete download?)", len(message))
	case err != nil:
		return fmt.Errorf("OTLP protobuf: %w", err)
	}
	return nil
}
