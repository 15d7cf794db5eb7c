package explore

import (
	"container/list"
	"sync"
)

// A recent keeps values by key until they take more than its limit. Those that were used least recently go first.
type recent[V any] struct {
	mu    sync.Mutex
	limit int
	size  int
	order *list.List // of kept[V], the last used in front
	byKey map[string]*list.Element
}

type kept[V any] struct {
	key   string
	value V
	size  int
}

func newRecent[V any](limit int) *recent[V] {
	return &recent[V]{limit: limit, order: list.New(), byKey: map[string]*list.Element{}}
}

func (r *recent[V]) get(key string) (value V, found bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	at, found := r.byKey[key]
	if !found {
		return value, false
	}
	r.order.MoveToFront(at)
	return at.Value.(kept[V]).value, true
}

// put keeps a value. One that is larger than the limit is kept alone.
func (r *recent[V]) put(key string, value V, size int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if at, found := r.byKey[key]; found {
		r.drop(at)
	}
	r.byKey[key] = r.order.PushFront(kept[V]{key, value, size})
	r.size += size
	for r.size > r.limit && r.order.Len() > 1 {
		r.drop(r.order.Back())
	}
}

func (r *recent[V]) drop(at *list.Element) {
	k := r.order.Remove(at).(kept[V])
	delete(r.byKey, k.key)
	r.size -= k.size
}
