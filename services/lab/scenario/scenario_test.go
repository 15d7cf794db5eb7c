package scenario

import (
	"net/url"
	"strings"
	"testing"

	"spanwise/doctor"
	"spanwise/internal/fault"
)

// Every scenario of the catalogue is complete and has an id of its own.
func TestCatalogueIsComplete(t *testing.T) {
	ids := map[string]bool{}
	kinds := map[doctor.Kind]bool{"": true}
	for _, k := range doctor.Kinds() {
		kinds[k.Kind] = true
	}
	for _, s := range All() {
		if ids[s.ID] || s.ID != url.PathEscape(strings.ToLower(s.ID)) || s.ID == "" {
			t.Errorf("got the id %q, which is taken or unfit for an address", s.ID)
		}
		ids[s.ID] = true
		for name, text := range map[string]string{"title": s.Title, "story": s.Story, "hint": s.Hint} {
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s: got no %s", s.ID, name)
			}
		}
		if !kinds[s.Resembles] {
			t.Errorf("%s: got a near miss of %q, which is not a kind of the doctor's", s.ID, s.Resembles)
		}
		if s.Healthy() != (s.MinEffect == (Effect{})) {
			t.Errorf("%s: got the least effect %+v, want one for each slow request, and for no other", s.ID, s.MinEffect)
		}
		for _, v := range s.Variants() {
			for _, a := range v.Want.AlsoTrue {
				if !kinds[a.Kind] || a.Place.Service == "" || a.Why == "" {
					t.Errorf("%s, %s: got the excuse %+v, want a kind, a place, and why", s.ID, v.Name, a)
				}
			}
			if !kinds[v.Want.Kind] {
				t.Errorf("%s: got %q, which is not a kind of the doctor's", s.ID, v.Want.Kind)
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
		for _, r := range append([]Request{s.Slow, s.Fixed}, s.Setup...) {
			if r.IsZero() {
				continue
			}
			address, err := url.Parse(strings.NewReplacer(Placed, "/orders/1001", Fresh, "7").Replace(r.Path))
			if err != nil || !strings.HasPrefix(address.Path, "/") {
				t.Errorf("%s: got the path %q, want a valid one (%v)", s.ID, r.Path, err)
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

// A part of an id is answered with the ids that contain it.
func TestFind(t *testing.T) {
	if s, err := Find("serial-calls"); err != nil || s.ID != "serial-calls" {
		t.Errorf("got %q, %v, want serial-calls", s.ID, err)
	}
	if _, err := Find("serial"); err == nil || !strings.Contains(err.Error(), "serial-calls") {
		t.Errorf("got %v, want an error that names serial-calls", err)
	}
}
