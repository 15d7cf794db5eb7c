package report

// Words are the texts of a report on one trace, for pages that lay it out themselves. Some quote names and
// statements between backquotes: see [Prose].
type (
	Words = caseView
	Card  = findingView
	Cards = findingGroup
)

// WordsOf puts a report into words. The first [Shown] findings of the report are its Findings, in the same order.
func WordsOf(c Case) Words { return newCaseView(c) }

// A Run is a piece of a text: words, or a name or statement that they quote.
type Run = run

// Prose splits a text at its backquotes.
func Prose(s string) []Run { return prose(s) }

// Printable replaces the characters in text of unknown origin that could move the cursor, reverse text, or break a line.
func Printable(s string) string { return printable(s) }
