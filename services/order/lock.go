package order

import (
	"context"
	"sync"
)

// A keyedLock lets one holder a key pass at a time. The zero value is ready to use.
type keyedLock struct {
	mu   sync.Mutex
	held map[string]chan struct{} // closed when the holder leaves
}

// lock waits until nobody else holds the key, or ctx is done. The caller calls unlock when it is through.
func (l *keyedLock) lock(ctx context.Context, key string) (unlock func(), err error) {
	for {
		l.mu.Lock()
		left, taken := l.held[key]
		if !taken {
			if l.held == nil {
				l.held = make(map[string]chan struct{})
			}
			left = make(chan struct{})
			l.held[key] = left
			l.mu.Unlock()
			return func() { l.unlock(key, left) }, nil
		}
		l.mu.Unlock()
		select {
		case <-left:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (l *keyedLock) unlock(key string, left chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.held, key)
	close(left)
}
