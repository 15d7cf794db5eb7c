//go:build !linux

package drill

import "errors"

func (namespace) enter(func() error) error {
	return errors.New("there are no network namespaces on this system")
}
