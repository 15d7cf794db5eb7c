package rest

import (
	"encoding/json"
	"iter"
	"net/http"

	"spanwise/internal/problem"
)

// Lines answers with values as JSON, one a line, and sends them batch by batch as they come: however many there
// are, only one batch is in memory. It returns how many there were. An error before the first is returned to be
// answered as one; after it the status is out, so the connection is torn for the caller to notice.
func Lines[T any](w http.ResponseWriter, r *http.Request, batches iter.Seq2[[]T, error]) (n int, err error) {
	begun := false
	for batch, err := range batches {
		if err == nil {
			w.Header().Set("Content-Type", "application/x-ndjson")
			begun, err = true, send(w, batch)
			n += len(batch)
		}
		if err != nil && begun {
			torn(r, n, err)
		}
		if err != nil {
			return 0, err
		}
	}
	return n, nil
}

// torn breaks off an answer whose status is out after n of its items, and logs what is the server's fault.
func torn(r *http.Request, n int, err error) {
	ctx := r.Context()
	if problem.From(ended(ctx, err)).Status >= http.StatusInternalServerError {
		logger(ctx).ErrorContext(ctx, "answer torn", "path", r.URL.Path, "items", n, "error", err)
	}
	panic(http.ErrAbortHandler)
}

func send[T any](w http.ResponseWriter, batch []T) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	for _, v := range batch {
		if err := encoder.Encode(v); err != nil {
			return problem.New(problem.ClientGone, "the caller went away").Because(err)
		}
	}
	return http.NewResponseController(w).Flush()
}
