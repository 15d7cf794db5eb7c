package read

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// A splitter takes JSON apart without decoding it: it enters lists and objects, and returns the values in them as they are written.
type splitter struct {
	*bufio.Reader
	at int64 // bytes consumed
}

func (s *splitter) next() (byte, error) {
	c, err := s.ReadByte()
	if err == nil {
		s.at++
	}
	return c, err
}

// peek returns the first byte of the next token, without consuming it.
func (s *splitter) peek() (byte, error) {
	for {
		start, err := s.Peek(1)
		if err != nil {
			return 0, err
		}
		switch start[0] {
		case ' ', '\t', '\n', '\r':
			s.next()
		default:
			return start[0], nil
		}
	}
}

// open enters a list or an object, and visits what is in it; visit must consume a value, or a key and its value.
func (s *splitter) open(visit func() error) error {
	s.next()
	for first := true; ; first = false {
		c, err := s.peek()
		switch {
		case err != nil:
			return within(err)
		case c == ']' || c == '}':
			s.next()
			return nil
		case c == ',' && !first:
			s.next()
			_, err = s.peek()
		case !first:
			err = fmt.Errorf("found %q between two values", c)
		}
		if err == nil {
			err = visit()
		}
		if err != nil {
			return within(err)
		}
	}
}

// key consumes a key and the colon after it.
func (s *splitter) key() (string, error) {
	key, err := s.value()
	if err != nil {
		return "", err
	}
	c, err := s.peek()
	if err == nil && (c != ':' || key[0] != '"') {
		err = fmt.Errorf("found %q after %.20s, want a key and a colon", c, key)
	}
	if err != nil {
		return "", err
	}
	s.next()
	return string(key[1 : len(key)-1]), nil
}

// value consumes one value and returns its text. Only its brackets and quotes are checked.
func (s *splitter) value() ([]byte, error) {
	if _, err := s.peek(); err != nil {
		return nil, err
	}
	var text []byte
	for depth := 0; ; {
		c, err := s.next()
		if err != nil {
			if err == io.EOF && depth == 0 && len(text) > 0 {
				return text, nil // a number, or a word
			}
			return nil, within(err)
		}
		text = append(text, c)
		switch c {
		case '"':
			if text, err = s.quoted(text); err != nil {
				return nil, err
			}
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		if depth < 0 {
			return nil, errors.New("a bracket too many")
		}
		if depth == 0 && (c == '"' || c == '}' || c == ']' || s.wordEnds()) {
			return text, nil
		}
	}
}

// quoted adds the rest of a string to text.
func (s *splitter) quoted(text []byte) ([]byte, error) {
	for {
		c, err := s.next()
		if err != nil {
			return nil, within(err)
		}
		text = append(text, c)
		switch c {
		case '"':
			return text, nil
		case '\\':
			if c, err = s.next(); err != nil {
				return nil, within(err)
			}
			text = append(text, c)
		}
	}
}

// wordEnds reports whether a number, or a word such as null, is complete.
func (s *splitter) wordEnds() bool {
	after, err := s.Peek(1)
	if err != nil {
		return false // so that the caller sees the error
	}
	switch after[0] {
	case ' ', '\t', '\n', '\r', ',', ']', '}', ':', '{', '[', '"':
		return true
	}
	return false
}

// within is io.ErrUnexpectedEOF for the end of the input, since a value should have ended first.
func within(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
