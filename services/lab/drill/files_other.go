//go:build !unix

package drill

import "errors"

func needsFiles() error { return errors.New("the limit of open files is only known on Unix") }
