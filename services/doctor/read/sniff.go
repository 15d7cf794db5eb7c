package read

import "strings"

// A shape is what the first objects of an input show: their form, and under which keys they are. Lists do not count.
type shape struct {
	form *form
	path []string
}

// maxNesting is how deep sniff follows JSON. Whatever lies deeper does not reveal a format.
const maxNesting = 32

// A sniffer scans the first bytes of JSON for keys. It is no parser: it accepts what is cut off or broken.
type sniffer struct {
	in     []byte
	at     int
	frames []frame
}

// A frame is an object or a list that is open.
type frame struct {
	object bool
	keys   mask
	key    []byte // the last one seen
}

// sniff finds the first form of which an object in start has all keys. Its form is nil if there is none.
func sniff(start []byte) shape {
	fillForms()
	s := &sniffer{in: start, frames: make([]frame, 0, maxNesting)}
	for s.at < len(s.in) {
		switch c := s.in[s.at]; {
		case c == '{' || c == '[':
			if len(s.frames) == maxNesting {
				return shape{}
			}
			s.frames = append(s.frames, frame{object: c == '{'})
		case (c == '}' || c == ']') && len(s.frames) > 0:
			s.frames = s.frames[:len(s.frames)-1]
		case c == '"':
			if f := s.text(); f != nil {
				return shape{f, s.path(f.up)}
			}
		}
		s.at++
	}
	return shape{}
}

// text passes over a string. If it is a key that makes a form complete, it returns the form.
func (s *sniffer) text() *form {
	from := s.at + 1
	for s.at++; s.at < len(s.in) && s.in[s.at] != '"'; s.at++ {
		if s.in[s.at] == '\\' {
			s.at++
		}
	}
	if s.at >= len(s.in) || len(s.frames) == 0 {
		return nil
	}
	if !s.colonFollows() {
		return s.word(s.in[from:s.at])
	}
	f := &s.frames[len(s.frames)-1]
	f.key = s.in[from:s.at]
	bit, known := keyBits[string(f.key)]
	if !known || !f.object || f.keys.has(bit) {
		return nil
	}
	f.keys.add(bit)
	return s.complete(&f.keys)
}

// word recognizes a list of names, or of documents as text, by a string in it.
func (s *sniffer) word(text []byte) *form {
	n := len(s.frames)
	outermost := n == 1 || n == 2 && s.frames[0].object
	if !outermost || s.frames[n-1].object {
		return nil
	}
	if parent := s.parent(); n == 2 && parent != "data" && parent != "services" && parent != "operations" && parent != "tagNames" {
		return nil
	}
	if len(text) > 0 && text[0] == '{' {
		return &segments
	}
	return &names
}

func (s *sniffer) colonFollows() bool {
	for _, c := range s.in[s.at+1:] {
		if c == ':' {
			return true
		}
		if c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			return false
		}
	}
	return false
}

// complete returns the first form in the table that an object with these keys, at this place, has.
func (s *sniffer) complete(keys *mask) *form {
	for i := range forms {
		if f := &forms[i]; f.has(keys) && (f.under == "" || f.under == s.parent()) {
			return f
		}
	}
	return nil
}

// parent is the key under which the innermost object is.
func (s *sniffer) parent() string {
	if path := s.path(""); len(path) > 0 {
		return path[len(path)-1]
	}
	return ""
}

// path lists the keys that lead to the innermost object, without the last one if it is up.
func (s *sniffer) path(up string) []string {
	var path []string
	for _, f := range s.frames[:max(len(s.frames)-1, 0)] {
		if f.object {
			path = append(path, string(f.key))
		}
	}
	if n := len(path) - 1; n >= 0 && path[n] == up {
		path = path[:n]
	}
	return path
}

// A mask is a set of the keys that the table of forms names, by number.
type mask [2]uint64

func (m *mask) add(key int)      { m[key/64] |= 1 << (key % 64) }
func (m *mask) has(key int) bool { return m[key/64]&(1<<(key%64)) != 0 }

// meets reports whether m and other have a key in common.
func (m *mask) meets(other *mask) bool { return m[0]&other[0]|m[1]&other[1] != 0 }

// keyBits numbers the keys in the table of forms.
var keyBits = map[string]int{}

func numberKeys() {
	for i := range forms {
		forms[i].masks = make([]mask, len(forms[i].needs))
		for j, need := range forms[i].needs {
			for key := range strings.SplitSeq(need, "|") {
				if _, known := keyBits[key]; !known {
					keyBits[key] = len(keyBits)
				}
				forms[i].masks[j].add(keyBits[key])
			}
		}
	}
}
