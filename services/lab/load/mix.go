package load

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"sync"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// A Mix lists what is requested. Targets follow each other at random.
type Mix []Target

// A Target is one kind of request.
type Target struct {
	Name   string         // in the report
	Weight float64        // how often it is requested, compared with the others of the mix
	Next   func() Request // returns the next request of this kind, or none to choose another target; never called concurrently
}

// A Request is what is sent. Without a URL it is none.
type Request struct {
	Method string
	URL    string
	Header http.Header
	Body   []byte
}

// Get returns a mix of a single GET request.
func Get(url string) Mix {
	return Mix{{Name: "GET " + url, Weight: 1, Next: func() Request { return Request{Method: http.MethodGet, URL: url} }}}
}

// check returns what is wrong with a mix.
func (m Mix) check() error {
	if len(m) == 0 {
		return errors.New("nothing to request: the mix is empty")
	}
	for _, t := range m {
		if !(t.Weight > 0) || math.IsInf(t.Weight, 0) {
			return fmt.Errorf("%s has a weight of %g: want more than 0", t.Name, t.Weight)
		}
	}
	return nil
}

// pick returns the index of the target at a fraction of the mix's weight from 0 to 1.
func (m Mix) pick(fraction float64) int {
	sum := 0.0
	for _, t := range m {
		sum += t.Weight
	}
	left := fraction * sum
	for i, t := range m {
		if left -= t.Weight; left < 0 {
			return i
		}
	}
	return len(m) - 1
}

// next returns the next request and its target.
func (m Mix) next(random *rand.Rand) (Target, Request, error) {
	for len(m) > 0 {
		i := m.pick(random.Float64())
		if r := m[i].Next(); r.URL != "" {
			return m[i], r, nil
		}
		m = slices.Concat(m[:i], m[i+1:]) // the others keep their weights
	}
	return Target{}, Request{}, errors.New("no target of the mix has a request to make")
}

// targetHeader carries a target's name from the targeter to the observer, which removes it.
const targetHeader = "X-Load-Target"

// targeter tells vegeta what to request.
func (m Mix) targeter(seed uint64) vegeta.Targeter {
	var mu sync.Mutex
	random := rand.New(rand.NewPCG(seed, 0))
	return func(to *vegeta.Target) error {
		mu.Lock()
		defer mu.Unlock()
		target, r, err := m.next(random)
		if err != nil {
			return err
		}
		header := r.Header.Clone()
		if header == nil {
			header = http.Header{}
		}
		// As every browser does; set explicitly, so that the transport does not decompress what is only discarded.
		header.Set("Accept-Encoding", "gzip")
		header.Set(targetHeader, url.QueryEscape(target.Name))
		*to = vegeta.Target{Method: r.Method, URL: r.URL, Header: header, Body: r.Body}
		return nil
	}
}
