package lists

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
)

// An Encoding is how a list is stored in the cache: [JSON] or [Binary].
type Encoding[T any] struct {
	name   string
	encode func([]T) ([]byte, error)
	decode func([]byte) ([]T, error)
}

// JSON is the encoding of encoding/json.
func JSON[T any]() Encoding[T] {
	return Encoding[T]{
		name:   "json",
		encode: func(all []T) ([]byte, error) { return json.Marshal(all) },
		decode: func(data []byte) (all []T, err error) {
			err = json.Unmarshal(data, &all)
			return all, err
		},
	}
}

// Binary is the number of items followed by their fields: an int64 as a varint, a string as its length and bytes. Decoding
// needs no reflection and copies all strings at once. fields returns pointers to the fields of an item.
func Binary[T any](fields func(*T) []any) Encoding[T] {
	return Encoding[T]{
		name: "binary",
		encode: func(all []T) ([]byte, error) {
			data := binary.AppendUvarint(nil, uint64(len(all)))
			for _, item := range all {
				data = appendFields(data, fields(&item))
			}
			return data, nil
		},
		decode: func(data []byte) ([]T, error) {
			r := reader{rest: string(data)}
			n := r.number()
			if n > uint64(len(data)) { // an item takes at least a byte
				return nil, errShort
			}
			all := make([]T, n)
			for i := range all {
				r.fields(fields(&all[i]))
			}
			return all, r.err
		},
	}
}

func appendFields(data []byte, fields []any) []byte {
	for _, f := range fields {
		switch f := f.(type) {
		case *string:
			data = append(binary.AppendUvarint(data, uint64(len(*f))), *f...)
		case *int64:
			data = binary.AppendUvarint(data, uint64(*f))
		default:
			panic(fmt.Sprintf("a field of type %T", f))
		}
	}
	return data
}

var errShort = errors.New("the cached list ends too early")

// A reader takes numbers and texts off the front of a string. After an error all are zero.
type reader struct {
	rest string
	err  error
}

func (r *reader) fields(fields []any) {
	for _, f := range fields {
		switch f := f.(type) {
		case *string:
			*f = r.text()
		case *int64:
			*f = int64(r.number())
		}
	}
}

func (r *reader) number() (n uint64) {
	for shift := 0; shift < 64 && r.rest != ""; shift += 7 {
		b := r.rest[0]
		r.rest = r.rest[1:]
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return n
		}
	}
	r.rest, r.err = "", errShort
	return 0
}

func (r *reader) text() string {
	n := r.number()
	if n > uint64(len(r.rest)) {
		r.rest, r.err = "", errShort
		return ""
	}
	text := r.rest[:n]
	r.rest = r.rest[n:]
	return text
}
