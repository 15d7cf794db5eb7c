package order

import (
	"context"
	"sync"
)

// A keyedLock is a mutex for each key. The zero value is unlocked.
type keyedLock struct {
	mu   sync.Mutex
	held map[string]chan struct{} // closed when the key is unlocked
}

// lock locks a key. It waits until the key is free or ctx is done.
func (l *keyedLock) lock(ctx context.Context, key string) (unlock func(), err error) {
	for {
		l.mu.Lock()
		free, locked := l.held[key]
		if !locked {
			if l.held == nil {
				l.held = make(map[string]chan struct{})
			}
			free = make(chan struct{})
			l.held[key] = free
			l.mu.Unlock()
			return func() { l.unlock(key, free) }, nil
		}
		l.mu.Unlock()
		select {
		case <-free:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (l *keyedLock) unlock(key string, free chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.held, key)
	close(free)
}
