package read

import (
	"encoding/binary"
	"errors"
	"io"
)

// Protobuf's wire format (https://protobuf.dev/programming-guides/encoding/): a message is a list of fields, each with its number, and with
// how it is written.
const (
	varintWire  = 0
	fixed64Wire = 1
	lengthWire  = 2
	fixed32Wire = 5
)

// A wire is a field of a message: its bytes if it has a length, or its number.
type wire struct {
	num   uint64
	kind  byte
	bytes []byte
	n     uint64
}

var errWire = errors.New("not a protobuf message")

// eachWire visits the fields of a message. A message that ends within a field gives io.ErrUnexpectedEOF.
func eachWire(message []byte, visit func(w wire) error) error {
	for len(message) > 0 {
		w, rest, err := nextWire(message)
		if err != nil {
			return err
		}
		if err := visit(w); err != nil {
			return err
		}
		message = rest
	}
	return nil
}

func nextWire(message []byte) (w wire, rest []byte, err error) {
	tag, message, err := uvarint(message)
	if err != nil {
		return w, nil, err
	}
	w.num, w.kind = tag>>3, byte(tag&7)
	size := uint64(0)
	switch w.kind {
	case varintWire:
		w.n, message, err = uvarint(message)
	case fixed64Wire:
		size = 8
	case fixed32Wire:
		size = 4
	case lengthWire:
		size, message, err = uvarint(message)
	default: // groups, which OTLP does not have
		err = errWire
	}
	switch {
	case err != nil:
		return w, nil, err
	case w.num == 0:
		return w, nil, errWire
	case size > uint64(len(message)):
		return w, nil, io.ErrUnexpectedEOF
	}
	w.bytes = message[:size]
	if w.kind == fixed64Wire {
		w.n = binary.LittleEndian.Uint64(w.bytes)
	}
	return w, message[size:], nil
}

func uvarint(message []byte) (n uint64, rest []byte, err error) {
	n, size := binary.Uvarint(message)
	switch {
	case size == 0:
		return 0, nil, io.ErrUnexpectedEOF
	case size < 0:
		return 0, nil, errWire
	}
	return n, message[size:], nil
}
