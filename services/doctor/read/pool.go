package read

import (
	"hash/maphash"
	"strings"
	"unicode/utf8"
)

// A pool makes strings from bytes. Those that it made not long ago it makes only once, and without work: in a trace, names, keys and
// most values repeat. It forgets old strings, so that an input in which nothing repeats does not fill it.
type pool struct {
	seed   maphash.Seed
	recent [1 << 13]string // each at the place that its hash gives
	chunk  strings.Builder // holds many strings, which saves an allocation for each
}

const (
	chunkSize = 1 << 15
	longText  = chunkSize / 16 // what is longer has an allocation of its own
)

func newPool() *pool { return &pool{seed: maphash.MakeSeed()} }

// string returns b as a string, in valid UTF-8.
func (p *pool) string(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	known := &p.recent[maphash.Bytes(p.seed, b)%uint64(len(p.recent))]
	if *known != string(b) {
		*known = p.make(b)
	}
	return *known
}

func (p *pool) make(b []byte) string {
	if !utf8.Valid(b) {
		b = []byte(strings.ToValidUTF8(string(b), "\uFFFD"))
	}
	if len(b) > longText {
		return string(b)
	}
	if p.chunk.Cap()-p.chunk.Len() < len(b) {
		p.chunk = strings.Builder{}
		p.chunk.Grow(chunkSize)
	}
	start := p.chunk.Len()
	p.chunk.Write(b)
	return p.chunk.String()[start:]
}

// intern returns the pool's copy of s, so that equal strings share memory.
func (p *pool) intern(s string) string {
	if s == "" {
		return ""
	}
	known := &p.recent[maphash.String(p.seed, s)%uint64(len(p.recent))]
	if *known != s {
		*known = s
	}
	return *known
}
