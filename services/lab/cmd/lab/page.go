package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
)

// fillPage replaces what a page has between the comments <!-- name: … --> and <!-- end of name -->, unless text is nil. With nil,
// it says whether the page has a place for it and can be written, before minutes of measuring.
func fillPage(page, name string, text []byte) error {
	old, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	place := regexp.MustCompile(`(?s)(<!-- ` + name + `: [^>]*-->\n).*(<!-- end of ` + name + ` -->)`).FindSubmatchIndex(old)
	if place == nil {
		return fmt.Errorf("%s has no place for the %s: a line <!-- %s: … --> and a line <!-- end of %s -->", page, name, name, name)
	}
	if text == nil {
		return writable(page)
	}
	return os.WriteFile(page, slices.Concat(old[:place[3]], text, old[place[4]:]), 0o644)
}
