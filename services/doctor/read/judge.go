package read

import (
	"fmt"
	"slices"
	"strings"

	"spanwise/doctor/trace"
)

// judgeable returns the traces of which at least one span has a start. Without any, nothing can be said about where the time went, and
// "nothing to fix" would be wrong.
func (b *builder) judgeable() ([]*trace.Trace, error) {
	var untimed []string
	b.order = slices.DeleteFunc(b.order, func(d *draft) bool {
		none := len(d.spans) > 0 && len(d.untimed) == len(d.spans)
		if none {
			untimed = append(untimed, brief(d.id))
		}
		return none
	})
	switch n := len(untimed); {
	case n > 0 && len(b.order) == 0:
		return nil, fmt.Errorf("no span of trace %s has a start, so nothing can be said about where its time went%s", untimed[0], b.about())
	case n > 0:
		b.remarks = append(b.remarks, fmt.Sprintf("left out because none of its spans has a start: trace %s", strings.Join(untimed[:min(n, 3)], ", "))+others(n-3))
	}
	return b.traces(), nil
}

// about lists the notes about the whole input, for an error.
func (b *builder) about() string {
	if len(b.notes) == 0 {
		return ""
	}
	return " (" + strings.Join(b.notes.lines(), "; ") + ")"
}

func others(n int) string {
	if n <= 0 {
		return ""
	}
	return fmt.Sprintf(" and %d more", n)
}
