package trace

import (
	"slices"
	"strings"
)

// Attrs are the attributes of a span or an event, sorted by key, each key once. [NewAttrs], [AttrsOf] and Set make them; nil has none.
//
// They are a list because spans have few of them: a map takes twice the memory, and more time to fill than a list takes to search.
type Attrs []Attr

// An Attr is an attribute, its value as text.
type Attr struct{ Key, Value string }

// NewAttrs sorts list, of which it takes ownership. Of several attributes with the same key, the last one counts.
func NewAttrs(list []Attr) Attrs {
	if len(list) == 0 {
		return nil
	}
	slices.SortStableFunc(list, func(a, b Attr) int { return strings.Compare(a.Key, b.Key) })
	kept := list[:0]
	for i, a := range list {
		if i+1 == len(list) || a.Key != list[i+1].Key {
			kept = append(kept, a)
		}
	}
	return kept
}

// AttrsOf returns the attributes in a map.
func AttrsOf(m map[string]string) Attrs {
	list := make([]Attr, 0, len(m))
	for k, v := range m {
		list = append(list, Attr{k, v})
	}
	return NewAttrs(list)
}

// Get returns the value of an attribute, or "" if there is none.
func (a Attrs) Get(key string) string {
	value, _ := a.Lookup(key)
	return value
}

// Lookup returns the value of an attribute, and whether there is one.
func (a Attrs) Lookup(key string) (value string, found bool) {
	for i := range a {
		if a[i].Key == key {
			return a[i].Value, true
		}
	}
	return "", false
}

// Set adds an attribute, or replaces the one with the same key.
func (a *Attrs) Set(key, value string) {
	i, found := slices.BinarySearchFunc(*a, key, func(a Attr, key string) int { return strings.Compare(a.Key, key) })
	if !found {
		*a = slices.Insert(*a, i, Attr{Key: key})
	}
	(*a)[i].Value = value
}
