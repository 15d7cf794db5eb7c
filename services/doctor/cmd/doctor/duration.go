package main

import (
	"errors"
	"time"
)

// A duration is the value of a flag. Unlike the flag package's own, its error says that the unit is missing.
type duration time.Duration

func newDuration(d *time.Duration, value time.Duration) *duration {
	*d = value
	return (*duration)(d)
}

func (d *duration) String() string { return time.Duration(*d).String() }

func (d *duration) Set(text string) error {
	v, err := time.ParseDuration(text)
	if err != nil {
		return errors.New("want a number with a unit, such as 15m, 90s or 2h")
	}
	*d = duration(v)
	return nil
}
