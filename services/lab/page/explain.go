package page

import (
	"net/http"
	"slices"
	"strings"

	"spanwise/doctor"
	"spanwise/internal/problem"
	"spanwise/lab/scenario"
)

// explained is the rule behind a kind of finding, and the scenarios that have it.
type explained struct {
	doctor.KindInfo
	Paragraphs []paragraph
	Scenarios  []scenario.Scenario
}

// A paragraph of a rule's text. Head is what it begins with, such as Saving; "" for the rule itself.
type paragraph struct{ Head, Text string }

func (s *server) explain(r *http.Request) (view, error) {
	kinds := doctor.Kinds()
	i := slices.IndexFunc(kinds, func(k doctor.KindInfo) bool { return string(k.Kind) == r.PathValue("kind") })
	if i < 0 {
		return view{}, problem.NotFound("there is no kind of finding %q", r.PathValue("kind"))
	}
	e := explained{KindInfo: kinds[i]}
	for text := range strings.SplitSeq(kinds[i].Doc, "\n\n") {
		e.Paragraphs = append(e.Paragraphs, newParagraph(text))
	}
	for _, sc := range scenario.All() {
		if sc.Want.Kind == e.Kind && sc.Resembles == "" {
			e.Scenarios = append(e.Scenarios, sc)
		}
	}
	return view{template: "explain", data: e}, nil
}

// newParagraph separates the head of a paragraph, which is a few words before a colon.
func newParagraph(text string) paragraph {
	for _, head := range []string{"Saving", "What can mislead it"} {
		if rest, ok := strings.CutPrefix(text, head+":"); ok {
			rest = strings.TrimSpace(rest)
			return paragraph{head, strings.ToUpper(rest[:1]) + rest[1:]}
		}
	}
	return paragraph{"", text}
}

// kinds lists all kinds.
func (s *server) kinds(*http.Request) (view, error) {
	return view{template: "kinds", data: doctor.Kinds()}, nil
}
