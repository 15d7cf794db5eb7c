package call

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Number reads a whole number, 0 if it is none.
func Number(s string) int {
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// WordsOf splits a name at everything that is no letter and where a capital begins a word: waitForLock is wait, for, lock.
func WordsOf(name string) (words []string) {
	start, low := -1, false // of the word that the last letter belongs to; whether that letter is a small one
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

// Nameless is a name without the words in it that tell one thing from another: books.0.author is books.{}.author, and handle 9f86d081 is
// handle {}.
func Nameless(name string) string {
	if !strings.ContainsAny(name, "0123456789") {
		return name
	}
	var b strings.Builder
	for len(name) > 0 {
		end := strings.IndexAny(name, " ./,()[]#") // - and _ hold words together: room-17
		if end < 0 {
			end = len(name)
		}
		if identifies(name[:end]) {
			b.WriteString("{}")
		} else {
			b.WriteString(name[:end])
		}
		if end < len(name) {
			b.WriteByte(name[end])
			end++
		}
		name = name[end:]
	}
	return b.String()
}

// Shorten keeps a long statement within a line.
func Shorten(s string) string {
	if utf8.RuneCountInString(s) <= line {
		return s
	}
	runes := []rune(s)
	return strings.TrimSpace(string(runes[:line-25])) + " … " + strings.TrimSpace(string(runes[len(runes)-20:]))
}

// line is how many letters of a statement a person reads in passing.
const line = 80
