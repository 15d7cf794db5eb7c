package call

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Number returns the whole number that s spells, or 0.
func Number(s string) int {
	n, err := strconv.Atoi(cmp.Or(s, "0")) // because an error costs an allocation, and most spans lack most attributes
	if err != nil {
		return 0
	}
	return n
}

// Words splits a name at everything that is not a letter, and before a capital that follows a small letter: waitForLock is wait, for,
// lock.
func Words(name string) (words []string) {
	start, low := -1, false // of the current word; whether the last letter is a small one
	for i, r := range name {
		in := unicode.IsLetter(r)
		if start >= 0 && (!in || low && unicode.IsUpper(r)) {
			words = append(words, strings.ToLower(name[start:i]))
			start = -1
		}
		if in && start < 0 {
			start = i
		}
		low = unicode.IsLower(r)
	}
	if start >= 0 {
		words = append(words, strings.ToLower(name[start:]))
	}
	return words
}

// FirstWord returns the first word of a query's text in small letters.
func FirstWord(text string) string {
	text = afterComments(text)
	end := strings.IndexAny(text, " \t\r\n(;")
	if end < 0 {
		end = len(text)
	}
	return strings.ToLower(text[:end])
}

// afterComments returns a query's text from its first word on.
func afterComments(text string) string {
	const blank = " \t\r\n("
	text = strings.TrimLeft(text, blank)
	for commentAt(text) > 0 {
		text = strings.TrimLeft(text[commentAt(text):], blank)
	}
	return text
}

func lastWord(name string) string { return name[strings.LastIndexAny(name, " ./:-")+1:] }

// set makes a set of the words in a text.
func set(text string) map[string]bool {
	words := map[string]bool{}
	for word := range strings.FieldsSeq(text) {
		words[word] = true
	}
	return words
}

// ContainsAny reports whether the name contains any of the words.
func ContainsAny(name string, words ...string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(name, word) })
}

// maxLine is the length to which Shorten shortens.
const maxLine = 80

// Shorten cuts the middle out of a long text so that it fits on a line.
func Shorten(s string) string {
	if utf8.RuneCountInString(s) <= maxLine {
		return s
	}
	runes := []rune(s)
	return strings.TrimSpace(string(runes[:maxLine-25])) + " … " + strings.TrimSpace(string(runes[len(runes)-20:]))
}
