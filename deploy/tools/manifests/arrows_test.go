package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"spanwise/tools/manifests/check"
	"spanwise/tools/manifests/page"
)

// The documentation lists every connection that the network policies allow.
func TestArrowsTable(t *testing.T) {
	all := rendered(t)
	in := map[check.Arrow][]string{}
	for name, objects := range all {
		for _, arrow := range check.Arrows(objects) {
			in[arrow] = append(in[arrow], strings.TrimPrefix(name, "overlays/"))
		}
	}
	var rows [][]string
	for arrow, names := range in {
		where := "all"
		if len(names) < len(all) {
			slices.Sort(names)
			where = strings.Join(names, ", ")
		}
		rows = append(rows, []string{arrow.From, arrow.To, fmt.Sprint(arrow.Port), where})
	}
	slices.SortFunc(rows, func(a, b []string) int {
		return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]), cmp.Compare(a[2], b[2]))
	})
	page.Compare(t, "arrows", page.Table([]string{"from", "to", "port", "in"}, rows))
}
