package pricing

import (
	"encoding/binary"
	"encoding/json"
	"errors"
)

// An encoding is how a list of products is kept in the cache.
type encoding struct {
	encode func(productPage) (string, error)
	decode func(string) (productPage, error)
}

var encodings = map[string]encoding{
	"json":   {encodeJSON, decodeJSON},
	"binary": {encodeBinary, decodeBinary},
}

func encodeJSON(page productPage) (string, error) {
	text, err := json.Marshal(page)
	return string(text), err
}

func decodeJSON(text string) (page productPage, err error) {
	err = json.Unmarshal([]byte(text), &page)
	return page, err
}

// The binary form is the address of the next page and the number of products, and for each its texts and price: numbers
// as varints, texts as their length and bytes. Reading it copies no text and needs no reflection.

func encodeBinary(page productPage) (string, error) {
	b := appendText(nil, page.Next)
	b = binary.AppendUvarint(b, uint64(len(page.Products)))
	for _, p := range page.Products {
		for _, text := range []string{p.SKU, p.Name, p.Description, p.TaxClass} {
			b = appendText(b, text)
		}
		b = binary.AppendUvarint(b, uint64(p.Price.Cents))
	}
	return string(b), nil
}

func appendText(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

func decodeBinary(text string) (page productPage, err error) {
	r := reader{rest: text}
	page.Next = r.text()
	n := r.number()
	if n > uint64(len(text)) { // each product takes bytes: this is no list of ours
		return page, errShort
	}
	page.Products = make([]Product, n)
	for i := range page.Products {
		page.Products[i] = Product{
			SKU: r.text(), Name: r.text(), Description: r.text(), TaxClass: r.text(), Price: Euros(int64(r.number())),
		}
	}
	return page, r.err
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
