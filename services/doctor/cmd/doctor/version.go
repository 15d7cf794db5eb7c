package main

import (
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
)

// version prints what the go command wrote into this build: module, version, Go, and the commit if it knew one.
func version(out io.Writer) error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return errors.New("-version: this build says nothing of itself (try: go build ./cmd/doctor)")
	}
	fmt.Fprintf(out, "doctor of %s %s, %s\n", info.Main.Path, info.Main.Version, info.GoVersion)
	for _, s := range info.Settings {
		if what, vcs := strings.CutPrefix(s.Key, "vcs."); vcs {
			fmt.Fprintf(out, "%s %s\n", what, s.Value)
		}
	}
	return nil
}
