package read

import (
	"errors"
	"fmt"
	"strings"
)

// An advised error knows what to do about it at the doctor's command line.
type advised struct {
	fact   error
	advice string // such as "try: -timeout 2m"
}

func (e *advised) Error() string { return fmt.Sprintf("%v (%s)", e.fact, e.advice) }
func (e *advised) Unwrap() error { return e.fact }

// Advise makes an error that has advice.
func Advise(advice, format string, args ...any) error {
	return &advised{fmt.Errorf(format, args...), advice}
}

// Advice is what an error of this package, or one that wraps it, recommends to do at the doctor's command line; "" if nothing. The
// error's own text ends with it, in parentheses.
func Advice(err error) string {
	if a, ok := errors.AsType[*advised](err); ok {
		return a.advice
	}
	return ""
}

// Fact is the text of an error without its [Advice], for readers who have no command line, such as those of a page.
func Fact(err error) string {
	text := err.Error()
	if advice := Advice(err); advice != "" {
		return strings.Replace(text, " ("+advice+")", "", 1)
	}
	return text
}
