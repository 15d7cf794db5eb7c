package pricing

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

var listed = []Product{{"sku-1", "Oak <Lamp>", "ä\x00\"", "standard", Euros(1)}, {SKU: "sku-2", Price: Euros(1 << 40)}}

// What is encoded is decoded to the same.
func TestEncodings(t *testing.T) {
	for name, e := range encodings {
		for _, list := range [][]Product{listed, {}} {
			form, err := e.encode(list)
			if err != nil {
				t.Fatal(err)
			}
			got, err := e.decode(form)
			if diff := cmp.Diff(list, got); err != nil || diff != "" {
				t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
			}
		}
	}
}

// Whatever the cache holds, decoding it ends.
func FuzzDecode(f *testing.F) {
	for _, e := range encodings {
		form, _ := e.encode(listed)
		f.Add(form)
		f.Add(form[:len(form)/2])
	}
	f.Add([]byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, form []byte) {
		for _, e := range encodings {
			list, err := e.decode(form)
			if err == nil {
				if _, err := e.encode(list); err != nil {
					t.Error(err)
				}
			}
		}
	})
}
