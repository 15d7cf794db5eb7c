package call

import "strings"

// tokens are the words of a normalised text: names, quoted names, placeholders, and signs.
func tokens(text string) (list []string) {
	for i := 0; i < len(text); {
		size := 1
		switch c := text[i]; {
		case c == ' ':
			i++
			continue
		case c == '"' || c == '`':
			size = 1 + until(text[i+1:], string(c))
		case inName(c):
			for i+size < len(text) && inName(text[i+size]) {
				size++
			}
		case c == ':' || c == '<' || c == '>' || c == '!':
			for i+size < len(text) && strings.IndexByte(":<>=", text[i+size]) >= 0 {
				size++
			}
		}
		list = append(list, text[i:i+size])
		i += size
	}
	return list
}

func inName(c byte) bool { return letter(c) || c >= '0' && c <= '9' || c == '#' || c >= 0x80 }
