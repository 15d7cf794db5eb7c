package ignore

import "strings"

// A pattern is text in which * stands for any text. It is kept as the pieces between the stars; one without pieces matches everything.
type pattern []string

func patternOf(text string) pattern {
	if text = strings.TrimSpace(text); text == "" {
		return nil
	}
	return strings.Split(text, "*")
}

func (p pattern) matches(text string) bool {
	if len(p) == 0 {
		return true
	}
	last := len(p) - 1
	if last == 0 {
		return text == p[0]
	}
	text, begins := strings.CutPrefix(text, p[0])
	for _, piece := range p[1:last] {
		_, after, found := strings.Cut(text, piece)
		if !found {
			return false
		}
		text = after
	}
	return begins && strings.HasSuffix(text, p[last])
}
