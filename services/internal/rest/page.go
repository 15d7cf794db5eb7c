package rest

import (
	"net/http"
	"strconv"

	"spanwise/internal/problem"
)

// MaxLimit is how many items a page holds at most.
const MaxLimit = 1000

const defaultLimit = 20

// A Page is the part of a list that a request asks for: at most Limit items, those that follow After.
type Page struct {
	Limit int
	After string // the last item's key of the page before; empty for the first page
}

// ReadPage reads the query parameters limit and after.
func ReadPage(r *http.Request) (Page, error) {
	query := r.URL.Query()
	page := Page{Limit: defaultLimit, After: query.Get("after")}
	if text := query.Get("limit"); text != "" {
		limit, err := strconv.Atoi(text)
		if err != nil || limit < 1 || limit > MaxLimit {
			return page, problem.New(http.StatusBadRequest, "limit=%.80s: it is a number from 1 to %d (for example limit=%d)", text, MaxLimit, defaultLimit)
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
