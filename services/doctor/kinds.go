package doctor

import (
	"strings"

	"spanwise/doctor/internal/rule"
)

// KindInfo explains one kind of finding to a person.
type KindInfo struct {
	Kind    Kind
	Lead    string // the sentence that a report leads with, with placeholders
	Title   string // one line
	Doc     string // the rule, how the saving is computed, what can mislead it: paragraphs of plain text
	Example string // a small trace that has it, drawn as text
}

// KindNamed finds a kind by its name, in any case and with or without hyphens.
func KindNamed(name string) (KindInfo, bool) {
	bare := strings.NewReplacer("-", "", "_", "", " ", "")
	for _, k := range Kinds() {
		if strings.EqualFold(bare.Replace(string(k.Kind)), bare.Replace(name)) {
			return k, true
		}
	}
	return KindInfo{}, false
}

// Kinds lists every kind the doctor can find, in the order its rules run.
func Kinds() []KindInfo {
	var list []KindInfo
	for _, r := range rule.All() {
		list = append(list, KindInfo{r.Kind, r.Lead, r.Title, r.Doc, r.Example()})
	}
	return list
}
