package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
)

// writePlace replaces what a page has between the comments <!-- NAME: … --> and <!-- end of NAME -->, unless text is nil.
func writePlace(page, name string, text []byte) error {
	old, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	place := regexp.MustCompile(`(?s)(<!-- ` + name + `: [^>]*-->\n).*(<!-- end of ` + name + ` -->)`).FindSubmatchIndex(old)
	if place == nil {
		return fmt.Errorf("%s has no place for the %s: a line <!-- %s: … --> and a line <!-- end of %s -->", page, name, name, name)
	}
	if text == nil {
		return nil
	}
	return os.WriteFile(page, slices.Concat(old[:place[3]], text, old[place[4]:]), 0o644)
}
