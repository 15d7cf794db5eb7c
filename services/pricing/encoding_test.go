package pricing

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

var listed = productPage{
	Products: []Product{{"sku-1", "Oak <Lamp>", "ä\x00\"", "standard", Euros(1)}, {SKU: "sku-2", Price: Euros(1 << 40)}},
	Next:     "/products?after=sku-2",
}

// What is encoded is decoded to the same.
func TestEncodings(t *testing.T) {
	for name, e := range encodings {
		for _, page := range []productPage{listed, {Products: []Product{}}} {
			text, err := e.encode(page)
			if err != nil {
				t.Fatal(err)
			}
			got, err := e.decode(text)
			if diff := cmp.Diff(page, got); err != nil || diff != "" {
				t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
			}
		}
	}
}

// Whatever the cache holds, decoding it ends.
func FuzzDecode(f *testing.F) {
	for _, e := range encodings {
		text, _ := e.encode(listed)
		f.Add(text)
		f.Add(text[:len(text)/2])
	}
	f.Add("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")
	f.Fuzz(func(t *testing.T, text string) {
		for _, e := range encodings {
			page, err := e.decode(text)
			if err == nil {
				if _, err := e.encode(page); err != nil {
					t.Error(err)
				}
			}
		}
	})
}
