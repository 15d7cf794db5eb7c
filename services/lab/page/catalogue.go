package page

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"spanwise/internal/problem"
	"spanwise/lab/scenario"
)

// longestSeed is how long making products may take.
const longestSeed = 10 * time.Minute

// grow makes the catalogue of products that a scenario needs, and goes back to its page.
func (s *server) grow(r *http.Request, tell func(news)) (view, error) {
	r.Body = http.MaxBytesReader(nil, r.Body, 1<<12)
	sc, err := scenario.Find(r.PostFormValue("scenario"))
	if err != nil || sc.Products == 0 {
		return view{}, problem.Invalid("%q is not a scenario that needs more products", r.PostFormValue("scenario"))
	}
	if s.Grow == nil {
		return view{}, problem.Unavailable("this lab cannot reach pricing's database: run .bin/lab seed -products %d instead", sc.Products)
	}
	ctx, cancel := context.WithTimeout(r.Context(), longestSeed)
	defer cancel()
	if err := s.begin(ctx, tell); err != nil {
		return view{}, err
	}
	defer s.playing.Release(1)
	err = s.Grow(ctx, sc.Products, func(done int) {
		tell(news{Text: fmt.Sprintf("%d of %d products", done, sc.Products), Done: done, Of: sc.Products})
	})
	if err != nil {
		return view{}, fmt.Errorf("%w (the products made so far are kept; start it again to continue)", err)
	}
	return view{to: "/scenarios/" + sc.ID}, nil
}

// unsampled is a W3C traceparent (https://www.w3.org/TR/trace-context/#traceparent-header) whose request leaves no trace.
const unsampled = "00-00000000000000000000000000000001-0000000000000001-00"

// has reports whether the catalogue has that many products. Products are numbered.
func (s *server) has(ctx context.Context, products int) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("%s/prices/sku-%d", s.Shop.URL["pricing"], products), nil)
	if err != nil {
		return false, err
	}
	req.Header.Set("Traceparent", unsampled)
	resp, err := s.Shop.HTTP.Do(req)
	if err != nil {
		return false, err
	}
	resp.Body.Close()
	if resp.StatusCode >= http.StatusInternalServerError {
		return false, errors.New("pricing answered " + resp.Status)
	}
	return resp.StatusCode == http.StatusOK, nil
}
