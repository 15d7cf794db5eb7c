package load

import (
	"crypto/rand"
	"fmt"
	"math"
	random "math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// A Shop turns a text, such as "8 GET /orders/{1-20}, 1 POST /orders, 1 POST {placed}/cancel", into a mix of requests to the order
// service. Each part has a weight, which may be missing, a method, and a path; commas within a path need no quoting. {1-20} stands for
// a random number, and {placed} for the path of an order that this load has placed and not used yet.
type Shop struct {
	url    string
	random *random.Rand

	mu     sync.Mutex
	placed []string // paths of orders
}

// NewShop returns the shop whose order service is at url. The seed chooses the random numbers.
func NewShop(url string, seed uint64) *Shop {
	return &Shop{url: strings.TrimSuffix(url, "/"), random: random.New(random.NewPCG(seed, 1))}
}

var (
	part   = regexp.MustCompile(`^(?:([0-9.]+)\s+)?([A-Z]+)\s+((?:/|\{placed\})\S*)$`)
	begins = regexp.MustCompile(`^\s*(?:[0-9.]+\s+)?[A-Z]+\s`)
	span   = regexp.MustCompile(`\{(\d{1,9})-(\d{1,9})\}`)
)

const placed = "{placed}"

// Mix returns the mix that a text describes. Pass the answers to [Shop.Observe] if it has {placed} in it.
func (s *Shop) Mix(text string) (Mix, error) {
	var mix Mix
	places := false
	for _, p := range parts(text) {
		m := part.FindStringSubmatch(p)
		if m == nil {
			return nil, fmt.Errorf("the mix has %q: want a weight, a method and a path, as in \"8 GET /orders/{1-20}, 1 POST /orders\"", p)
		}
		t, err := s.target(m[1], m[2], m[3])
		if err != nil {
			return nil, err
		}
		places = places || placesOrder(m[2], m[3])
		mix = append(mix, t)
	}
	if !places && strings.Contains(text, placed) {
		return nil, fmt.Errorf("the mix has %s, but nothing places an order (add: 1 POST /orders)", placed)
	}
	return mix, mix.check()
}

// parts splits a text at the commas before which a part ends: a comma in a path is not followed by a method.
func parts(text string) (list []string) {
	for p := range strings.SplitSeq(strings.TrimRight(text, ", \n"), ",") {
		if last := len(list) - 1; last >= 0 && !begins.MatchString(p) {
			list[last] += "," + strings.TrimRight(p, " \n")
			continue
		}
		list = append(list, strings.TrimSpace(p))
	}
	return list
}

func (s *Shop) target(weight, method, path string) (Target, error) {
	t := Target{Name: method + " " + path, Weight: 1}
	if weight != "" {
		var err error
		if t.Weight, err = strconv.ParseFloat(weight, 64); err != nil || !(t.Weight > 0) || math.IsInf(t.Weight, 0) {
			return t, fmt.Errorf("the weight %s of %s: want a number above 0", weight, t.Name)
		}
	}
	if _, err := url.Parse(path); err != nil {
		return t, fmt.Errorf("the path of %s: %w", t.Name, err)
	}
	for _, m := range span.FindAllStringSubmatch(path, -1) {
		if low, high := bounds(m); low > high {
			return t, fmt.Errorf("%s in %s: want the smaller number first", m[0], t.Name)
		}
	}
	t.Next = func() Request {
		r := Request{Method: method, URL: s.fill(path)}
		if r.URL != "" && placesOrder(method, path) {
			r.Header = http.Header{"Content-Type": {"application/json"}, "Idempotency-Key": {rand.Text()}}
			r.Body = s.order()
		}
		return r
	}
	return t, nil
}

// placesOrder reports whether a request places an order, whatever slows it down.
func placesOrder(method, path string) bool {
	bare, _, _ := strings.Cut(path, "?")
	return method == http.MethodPost && bare == "/orders"
}

func bounds(m []string) (low, high int) {
	low, _ = strconv.Atoi(m[1]) // the pattern allows only digits
	high, _ = strconv.Atoi(m[2])
	return low, high
}

// fill returns the address of a path whose placeholders are replaced; "" if no order has been placed for it yet.
func (s *Shop) fill(path string) string {
	if strings.Contains(path, placed) {
		order, ok := s.take()
		if !ok {
			return ""
		}
		path = strings.ReplaceAll(path, placed, order)
	}
	return s.url + span.ReplaceAllStringFunc(path, func(text string) string {
		low, high := bounds(span.FindStringSubmatch(text))
		return strconv.Itoa(low + s.random.IntN(high-low+1))
	})
}

// order is an order for one piece of a product. Every fiftieth product is scarce and would soon be sold out.
func (s *Shop) order() []byte {
	sku := 50*s.random.IntN(20) + 1 + s.random.IntN(49)
	return fmt.Appendf(nil, `{"customer":"load","lines":[{"sku":"sku-%d","quantity":1}]}`, sku)
}

// mostPlaced bounds the memory that placed orders take, if few of them are used.
const mostPlaced = 10_000

// Observe takes note of placed orders.
func (s *Shop) Observe(a Answer) {
	path := a.Header.Get("Location")
	if a.Kind != "" || a.Status != http.StatusCreated || !strings.HasPrefix(path, "/orders/") {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.placed) < mostPlaced {
		s.placed = append(s.placed, path)
	}
}

func (s *Shop) take() (path string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.placed) == 0 {
		return "", false
	}
	path, s.placed = s.placed[0], s.placed[1:]
	return path, true
}
