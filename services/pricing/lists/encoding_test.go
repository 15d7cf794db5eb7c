package lists

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

type item struct {
	Name, Text string
	Cents      int64
}

var encodings = []Encoding{JSON, Binary}

var listed = []item{{"Oak <Lamp>", "ä\x00\"", 1}, {Name: "sku-2", Cents: 1 << 40}}

// A list that is encoded and decoded is the same as before.
func TestEncodings(t *testing.T) {
	for _, e := range encodings {
		for _, list := range [][]item{listed, {}} {
			form, err := e.encode(list)
			if err != nil {
				t.Fatal(err)
			}
			got := []item{}
			err = e.decode(form, &got)
			if diff := cmp.Diff(list, got); err != nil || diff != "" {
				t.Errorf("%s: %v (-want +got):\n%s", e.name, err, diff)
			}
		}
	}
}

// Decoding ends, whatever the cache contains.
func FuzzDecode(f *testing.F) {
	for _, e := range encodings {
		form, _ := e.encode(listed)
		f.Add(form)
		f.Add(form[:len(form)/2])
	}
	f.Add([]byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, form []byte) {
		for _, e := range encodings {
			var list []item
			if e.decode(form, &list) == nil {
				if _, err := e.encode(list); err != nil {
					t.Error(err)
				}
			}
		}
	})
}
