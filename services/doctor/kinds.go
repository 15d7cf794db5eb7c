package doctor

import (
	"embed"
	"strings"
)

// KindInfo explains one kind of finding to a person.
type KindInfo struct {
	Kind    Kind
	Title   string // one line
	Doc     string // the rule, how the saving is computed, what fools it: paragraphs of plain text
	Example string // a small trace that has it, drawn as text
}

// Each kind's example is a case that the tests hold the rule to.
//
//go:embed testdata/*.txtar
var examples embed.FS

// Kinds lists every kind the doctor can find, in the order its rules run.
func Kinds() []KindInfo {
	var list []KindInfo
	for _, r := range rules() {
		list = append(list, KindInfo{r.kind, r.title, r.doc, example(r.kind)})
	}
	return list
}

// example is the trace of a kind's first case.
func example(k Kind) string {
	raw, err := examples.ReadFile("testdata/" + string(k) + ".txtar")
	if err != nil {
		return ""
	}
	_, text, _ := strings.Cut(string(raw), "-- trace --\n")
	text, _, _ = strings.Cut(text, "\n-- ")
	return text
}
