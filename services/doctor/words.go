package doctor

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ms writes a duration of µs as a person reads it: 870 µs, 12.4 ms, 1.87 s.
func ms(us int64) string {
	switch {
	case us < 1000:
		return fmt.Sprintf("%d µs", us)
	case us < 100_000:
		return fmt.Sprintf("%.1f ms", float64(us)/1000)
	case us < 1_000_000:
		return fmt.Sprintf("%.0f ms", float64(us)/1000)
	}
	return fmt.Sprintf("%.2f s", float64(us)/1_000_000)
}

// percent writes a share: 47 %.
func percent(share float64) string { return fmt.Sprintf("%.0f %%", share*100) }

// number reads a whole number, 0 if it is none.
func number(s string) int {
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// wordsOf splits a name at everything that is no letter and where a capital begins a word: waitForLock is wait, for, lock.
func wordsOf(name string) (words []string) {
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

// numberless is a name without the numbers in it: books.0.author is books.{}.author. Digits beside a letter belong to a word.
func numberless(name string) string {
	if !strings.ContainsAny(name, "0123456789") {
		return name
	}
	var b strings.Builder
	for i := 0; i < len(name); {
		digits := len(name[i:]) - len(strings.TrimLeft(name[i:], "0123456789"))
		end := i + max(digits, 1)
		switch {
		case digits == 0 || i > 0 && letter(name[i-1]) || end < len(name) && letter(name[end]):
			b.WriteString(name[i:end])
		default:
			b.WriteString("{}")
		}
		i = end
	}
	return b.String()
}

// shorten keeps a long statement within a line.
func shorten(s string) string {
	const most = 80
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	runes := []rune(s)
	return strings.TrimSpace(string(runes[:most-25])) + " … " + strings.TrimSpace(string(runes[len(runes)-20:]))
}
