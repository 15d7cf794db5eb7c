package scenario

import (
	"net/url"
	"strings"
	"testing"

	"spanwise/doctor"
	"spanwise/internal/fault"
)

// Every entry of the catalogue is complete, its names are its own, and the services understand its requests.
func TestCatalogueIsComplete(t *testing.T) {
	ids, numbers := map[string]bool{}, map[int]bool{}
	kinds := map[doctor.Kind]bool{"": true}
	for _, k := range doctor.Kinds() {
		kinds[k.Kind] = true
	}
	for _, s := range All() {
		if ids[s.ID] || numbers[s.Number] || s.ID != url.PathEscape(strings.ToLower(s.ID)) || s.ID == "" {
			t.Errorf("%d %q: got a number or an id that is taken or unfit for an address", s.Number, s.ID)
		}
		ids[s.ID], numbers[s.Number] = true, true
		for name, text := range map[string]string{"title": s.Title, "story": s.Story, "look": s.Look} {
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s: got no %s", s.ID, name)
			}
		}
		if !kinds[s.Near] {
			t.Errorf("%s: got a near miss of %q, which the doctor does not know", s.ID, s.Near)
		}
		if s.Healthy() != (s.Planted == (Gain{})) {
			t.Errorf("%s: got %+v planted, want it said of each slow request what it gains at least, and of no other", s.ID, s.Planted)
		}
		for _, v := range s.Variants() {
			for _, a := range v.Want.Also {
				if !kinds[a.Kind] || a.Place.Service == "" || a.Why == "" {
					t.Errorf("%s, %s: got %+v as true besides, want a kind, a place, and why", s.ID, v.Name, a)
				}
			}
			if !kinds[v.Want.Kind] {
				t.Errorf("%s: got the kind %q, which the doctor does not know", s.ID, v.Want.Kind)
			}
			if v.Want.Kind != "" && (len(v.Want.Places) == 0 || v.Want.Basis == "") {
				t.Errorf("%s, %s: got no place or no basis of the saving", s.ID, v.Name)
			}
		}
	}
}

// The services parse every request of the catalogue, and the slow one asks for something that the fixed one does not.
func TestRequestsParse(t *testing.T) {
	for _, s := range All() {
		for _, r := range append([]Request{s.Slow, s.Fixed}, s.Before...) {
			if !r.Made() {
				continue
			}
			address, err := url.Parse(strings.NewReplacer(Placed, "/orders/1001", Fresh, "7").Replace(r.Path))
			if err != nil || !strings.HasPrefix(address.Path, "/") {
				t.Errorf("%s: got the path %q, want one that can be asked for (%v)", s.ID, r.Path, err)
				continue
			}
			query, err := url.ParseQuery(address.RawQuery)
			if err != nil {
				t.Errorf("%s: %s: %v", s.ID, r, err)
			}
			if _, err := fault.Parse(query); err != nil {
				t.Errorf("%s: %s: %v", s.ID, r, err)
			}
		}
		if s.Slow.String() == s.Fixed.String() && s.Slow.Body == s.Fixed.Body {
			t.Errorf("%s: got the same request slow and fixed", s.ID)
		}
	}
}

// What is mistyped is answered with what was meant.
func TestFind(t *testing.T) {
	if s, err := Find("serial-calls"); err != nil || s.ID != "serial-calls" {
		t.Errorf("got %q, %v, want serial-calls", s.ID, err)
	}
	if _, err := Find("serial"); err == nil || !strings.Contains(err.Error(), "serial-calls") {
		t.Errorf("got %v, want an error that names serial-calls", err)
	}
}
