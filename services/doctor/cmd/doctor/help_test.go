package main

import (
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spanwise/doctor"
	"spanwise/doctor/report"
)

// The JSON has the fields that -help describes, in the same order.
func TestContract(t *testing.T) {
	_, text, found := strings.Cut(outputHelp, "\n-json\n")
	if !found {
		t.Fatal("-help does not describe -json")
	}
	objects := regexp.MustCompile(`(?m)^  \{[^A-Z]*?\}$`).FindAllString(text, -1)
	if len(objects) != 2 {
		t.Fatalf("-help describes %d objects, want a report and a comparison", len(objects))
	}
	for i, v := range []any{doctor.Report{}, report.Comparison{}} {
		described := regexp.MustCompile(`as findings|text`).ReplaceAllString(objects[i], "")
		got := regexp.MustCompile(`[a-z_]+`).FindAllString(described, -1)
		if diff := cmp.Diff(fields(reflect.TypeOf(v), map[reflect.Type]bool{}), got); diff != "" {
			t.Errorf("%T (-written +described):\n%s", v, diff)
		}
	}
}

// fields lists the keys of a type's JSON. It lists the fields of a type that several lists contain only once.
func fields(typ reflect.Type, listed map[reflect.Type]bool) (keys []string) {
	for f := range typ.Fields() {
		key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if key == "-" {
			continue
		}
		keys = append(keys, key)
		inner := f.Type
		if inner.Kind() == reflect.Slice {
			inner = inner.Elem()
			if listed[inner] {
				continue
			}
			listed[inner] = true
		}
		if inner.Kind() == reflect.Struct {
			keys = append(keys, fields(inner, listed)...)
		}
	}
	return keys
}
