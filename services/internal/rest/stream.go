package rest

import (
	"bytes"
	"iter"
	"net/http"

	"spanwise/internal/problem"
)

// Stream answers with {NAME: [items], "next": ADDRESS}, and sends each item as it comes: however many there are, only one
// is in memory. next is told how many there were and the last of them; it returns "" if no more follow. An error before
// the first item is returned to be answered as one; a later one tears the connection, as in [Lines].
func Stream[T any](w http.ResponseWriter, r *http.Request, name string, items iter.Seq2[T, error], next func(n int, last T) string) error {
	w.Header().Set("Content-Type", "application/json")
	var last T
	n, before := 0, `{"`+name+`":[`
	for item, err := range items {
		if err == nil {
			err = sendPart(w, before, item, "")
		}
		switch {
		case err == nil:
			n, last, before = n+1, item, ","
		case n == 0:
			return err
		default:
			torn(r, n, err)
		}
	}
	if n > 0 {
		before = ""
	}
	if address := next(n, last); address != "" {
		return sendPart(w, before+`],"next":`, address, "}\n")
	}
	return sendText(w, before+"]}\n")
}

// sendPart writes a value as JSON, with what comes before and after it.
func sendPart(w http.ResponseWriter, before string, v any, after string) error {
	text := bytes.NewBufferString(before)
	if err := Encode(text, v); err != nil {
		return err
	}
	text.Truncate(text.Len() - 1) // the line's end
	return sendText(w, text.String()+after)
}

func sendText(w http.ResponseWriter, text string) error {
	if _, err := w.Write([]byte(text)); err != nil {
		return problem.New(problem.ClientGone, "the caller went away").Because(err)
	}
	return nil
}
