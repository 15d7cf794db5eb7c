package drill

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"spanwise/inventory"
	"spanwise/lab/play"
)

const (
	tries    = 3 // of one order, under one idempotency key
	retryGap = 300 * time.Millisecond
)

// buyers place orders, cancel some, and remember what they were answered. They are safe for concurrent use.
type buyers struct {
	shop   play.Client
	orders []string // addresses of order, to all of which each order is sent

	open sync.RWMutex // locked while paused
	mu   sync.Mutex
	made []*purchase
}

// A purchase is an order as its customer knows it.
type purchase struct {
	key       string
	lines     []inventory.Line
	id        int64 // 0 if there was no answer 201
	other     int64 // 0 unless there was an answer 201 with another order
	answers   int   // 201, the most to one attempt: as many instances answered it
	refused   bool  // answered with a 4xx
	cancel    bool  // asked to be cancelled
	cancelled bool  // and answered that it is
	err       error // of the last attempt, if all failed
}

// start lets the buyers order, orderRate times a second, until stop, which waits for the last answers.
func (b *buyers) start(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	all.Go(func() {
		tick := time.NewTicker(time.Second / orderRate)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				all.Go(func() { b.order(context.WithoutCancel(ctx)) })
			}
		}
	})
	return func() { cancel(); all.Wait() }
}

// order places the next order, and cancels every third.
func (b *buyers) order(ctx context.Context) {
	if !b.open.TryRLock() {
		return // paused
	}
	defer b.open.RUnlock()
	b.mu.Lock()
	n := len(b.made)
	p := &purchase{key: rand.Text(), lines: basket(n), cancel: n%3 == 2}
	b.made = append(b.made, p)
	b.mu.Unlock()
	p.err = b.buy(ctx, p)
}

// basket returns the lines of the nth order: one to three different products.
func basket(n int) (lines []inventory.Line) {
	for i := range 1 + n%3 {
		lines = append(lines, inventory.Line{SKU: fmt.Sprintf("sku-%d", 1+(n*7+i*331)%997), Quantity: 1 + (n+i)%2})
	}
	return lines
}

// buy places an order, again if it fails, and then cancels it if it is to be cancelled.
func (b *buyers) buy(ctx context.Context, p *purchase) error {
	body, _ := json.Marshal(map[string]any{"customer": "drill", "lines": p.lines}) // cannot fail: there are only strings and ints
	status, err := b.place(ctx, p, string(body))
	for range tries - 1 {
		if err == nil && status < http.StatusInternalServerError {
			break
		}
		if err := play.Wait(ctx, retryGap); err != nil {
			return err
		}
		status, err = b.place(ctx, p, string(body))
	}
	if err != nil {
		return err
	}
	switch {
	case status == http.StatusCreated:
	case status < http.StatusInternalServerError:
		p.refused = true // out of stock, for example
		return nil
	default:
		return fmt.Errorf("order answered %d", status)
	}
	if !p.cancel {
		return nil
	}
	status, _, err = b.post(ctx, fmt.Sprintf("%s/orders/%d/cancel", b.shop.URL["order"], p.id), "", "")
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("order answered %d", status)
	}
	p.cancelled = err == nil
	return err
}

func (b *buyers) post(ctx context.Context, url, key, body string) (status int, location string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Content-Type", "application/json")
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	resp, err := b.shop.HTTP.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body) // a torn answer counts as no answer
	return resp.StatusCode, resp.Header.Get("Location"), err
}

// note notes what became of the orders. It returns how many were placed.
func (b *buyers) note(r *Rig) (placed int) {
	var cancelled, refused, failed int
	for _, p := range b.made {
		switch {
		case p.err != nil:
			failed++
		case p.refused:
			refused++
		case p.cancelled:
			placed++
			cancelled++
		default:
			placed++
		}
	}
	r.note("of %d orders, %d were placed and %d of these cancelled, %d were refused, and %d failed %d times in a row or could not be cancelled",
		len(b.made), placed, cancelled, refused, failed, tries)
	return placed
}

// pause waits for the answers to all requests, and lets no new ones be made until resume.
func (b *buyers) pause() (resume func()) {
	b.open.Lock()
	return b.open.Unlock
}
