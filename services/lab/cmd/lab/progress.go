package main

import "fmt"

// progress returns what tells a person how far something is, on one line that is rewritten. Where nobody looks it is quiet.
func progress(w world) func(format string, args ...any) {
	return func(format string, args ...any) {
		if terminal(w.stderr) {
			fmt.Fprintf(w.stderr, "\r\x1b[K"+format, args...)
		}
	}
}

// endProgress takes the line away.
func endProgress(w world) { progress(w)("") }
