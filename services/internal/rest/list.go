package rest

import (
	"fmt"
	"iter"
	"net/http"
	"strconv"

	"spanwise/internal/problem"
)

// MaxLimit is the maximum number of items in a page.
const MaxLimit = 1000

const defaultLimit = 20

// A Page is the part of a list that a request asks for: at most Limit items that follow After.
type Page struct {
	Limit int
	After string // the key of the previous page's last item; empty for the first page
}

// ReadPage reads the query parameters limit and after.
func ReadPage(r *http.Request) (Page, error) {
	query := r.URL.Query()
	page := Page{Limit: defaultLimit, After: query.Get("after")}
	if text := query.Get("limit"); text != "" {
		limit, err := strconv.Atoi(text)
		if err != nil || limit < 1 || limit > MaxLimit {
			return page, problem.Invalid("limit=%.80s: want a number from 1 to %d (for example limit=%d)", text, MaxLimit, defaultLimit)
		}
		page.Limit = limit
	}
	return page, nil
}

// Next returns the address of the page that follows the item with that key.
func (p Page) Next(r *http.Request, last string) string {
	query := r.URL.Query()
	query.Set("after", last)
	return r.URL.Path + "?" + query.Encode()
}

// Lines answers with JSON values, one per line, and sends them batch by batch as they arrive, so that only one batch is
// in memory at a time. It returns the number of values. An error before the first batch is returned; after it the
// status has been sent, so Lines aborts the connection to let the caller notice.
func Lines[T any](w http.ResponseWriter, r *http.Request, batches iter.Seq2[[]T, error]) (n int, err error) {
	begun := false
	for batch, err := range batches {
		if err == nil {
			w.Header().Set("Content-Type", "application/x-ndjson")
			begun, err = true, writeLines(w, batch)
			n += len(batch)
		}
		if err != nil && begun {
			failAborted(r, fmt.Errorf("after %d items: %w", n, err))
			panic(http.ErrAbortHandler)
		}
		if err != nil {
			return 0, err
		}
	}
	return n, nil
}

func writeLines[T any](w http.ResponseWriter, batch []T) error {
	for _, v := range batch {
		if err := Encode(w, v); err != nil {
			return gone(err)
		}
	}
	return http.NewResponseController(w).Flush()
}
