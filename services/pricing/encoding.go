package pricing

import (
	"encoding/binary"
	"encoding/json"
	"errors"
)

// An encoding is how a list of products is kept in the cache.
type encoding struct {
	name   string
	encode func([]Product) ([]byte, error)
	decode func([]byte) ([]Product, error)
}

var encodings = map[string]encoding{
	"json":   {"json", encodeJSON, decodeJSON},
	"binary": {"binary", encodeBinary, decodeBinary},
}

func encodeJSON(all []Product) ([]byte, error) { return json.Marshal(all) }

func decodeJSON(text []byte) (all []Product, err error) {
	err = json.Unmarshal(text, &all)
	return all, err
}

// The binary form is the number of products, and for each its texts and price: numbers as varints, texts as their length
// and bytes. Reading it needs no reflection, and copies the texts once, all together.

func encodeBinary(all []Product) ([]byte, error) {
	b := binary.AppendUvarint(nil, uint64(len(all)))
	for _, p := range all {
		for _, text := range []string{p.SKU, p.Name, p.Description, p.TaxClass} {
			b = append(binary.AppendUvarint(b, uint64(len(text))), text...)
		}
		b = binary.AppendUvarint(b, uint64(p.Price.Cents))
	}
	return b, nil
}

func decodeBinary(form []byte) ([]Product, error) {
	r := reader{rest: string(form)}
	n := r.number()
	if n > uint64(len(form)) { // each product takes bytes: this is no list of ours
		return nil, errShort
	}
	all := make([]Product, n)
	for i := range all {
		all[i] = Product{SKU: r.text(), Name: r.text(), Description: r.text(), TaxClass: r.text(), Price: Euros(int64(r.number()))}
	}
	return all, r.err
}

var errShort = errors.New("the cached list ends too early")

// A reader takes numbers and texts off the front of a string. After an error all are zero.
type reader struct {
	rest string
	err  error
}

func (r *reader) number() (n uint64) {
	for shift := 0; shift < 64; shift += 7 {
		if r.rest == "" {
			break
		}
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
