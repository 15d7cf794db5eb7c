//go:build !linux

package drill

import "errors"

// needsMount returns why no file system can be mounted.
func needsMount() error {
	return errors.New("it mounts a small file system, which is done on Linux only")
}

func mountSmall(string, string) (func() error, error) { return nil, needsMount() }
