package doctor

// KindInfo explains one kind of finding to a person.
type KindInfo struct {
	Kind    Kind
	Title   string // one line
	Doc     string // the rule, how the saving is computed, what fools it; whole paragraphs of plain text
	Example string // a small trace that has it, drawn as text; "" if there is none
}

// Kinds lists every kind the doctor can find, in the order its rules run.
func Kinds() []KindInfo { return nil }
