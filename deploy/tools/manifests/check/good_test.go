package check

import (
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Nothing is wrong with a good manifest, whose only connection is the one that its policies name.
func TestGood(t *testing.T) {
	stream, err := os.ReadFile("testdata/good.yaml")
	if err != nil {
		t.Fatal(err)
	}
	faults, _ := All(stream, Known{})
	for _, fault := range faults {
		t.Error(fault)
	}
	want := []Arrow{{"Deployment/pricing", "StatefulSet/inventory", 8081}}
	if diff := cmp.Diff(want, Arrows(stream)); diff != "" {
		t.Errorf("arrows: -want +got\n%s", diff)
	}
}

// A known exception is accepted where it was said to be, and reported as met, so that one that is not needed can be found.
func TestKnown(t *testing.T) {
	stream := []byte("apiVersion: shop.example/v1\nkind: Shop\nmetadata: {name: one}\n")
	known := Known{Kinds: []Excuse{{Name: "Shop.shop.example", In: []string{"base"}}, {Name: "Mall.shop.example"}}}
	for kustomization, want := range map[string]int{"base": 0, "overlays/other": 1} {
		faults, met := All(stream, known.For(kustomization))
		if len(faults) != want || slices.Contains(met, "Shop.shop.example") != (want == 0) || slices.Contains(met, "Mall.shop.example") {
			t.Errorf("%s: got the faults %v and met %v, want %d faults", kustomization, faults, met, want)
		}
	}
}
