package pricing

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"spanwise/internal/fault"
	"spanwise/internal/rest"
)

// finished sends the answer to just this request from the cache, or makes and keeps it. What the cache has is what goes
// over the wire, compressed for callers who can read that: nothing is left to do but to send it.
func (l lists) finished(w http.ResponseWriter, r *http.Request, page rest.Page, find finder) error {
	ctx := r.Context()
	zipped := acceptsGzip(r)
	key := fmt.Sprintf("answer %t %s %s %s", zipped, fault.Columns.Of(ctx), fault.Page.Of(ctx), r.URL.RequestURI())
	body := l.read(ctx, key)
	if body == nil {
		products, err := pageOf(r, page, find)
		if err != nil {
			return err
		}
		_, span := tracer(ctx).Start(ctx, "encode-json")
		body, err = finish(products, zipped)
		span.End()
		if err != nil {
			return err
		}
		l.fill(ctx, key, body)
	}
	w.Header().Set("Vary", "Accept-Encoding")
	if zipped {
		w.Header().Set("Content-Encoding", "gzip")
	}
	return rest.Send(w, http.StatusOK, body)
}

// finish makes the body of an answer.
func finish(products productPage, zipped bool) ([]byte, error) {
	var body bytes.Buffer
	if !zipped {
		err := rest.Encode(&body, products)
		return body.Bytes(), err
	}
	out, err := gzip.NewWriterLevel(&body, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	if err := rest.Encode(out, products); err != nil {
		return nil, err
	}
	err = out.Close()
	return body.Bytes(), err
}

// acceptsGzip reports whether a caller says that it reads gzip (RFC 9110, section 12.5.3).
func acceptsGzip(r *http.Request) bool {
	for coding := range strings.SplitSeq(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		name, weight, weighed := strings.Cut(strings.ReplaceAll(coding, " ", ""), ";q=")
		if !strings.EqualFold(name, "gzip") {
			continue
		}
		q, err := strconv.ParseFloat(weight, 64)
		return !weighed || err == nil && q > 0
	}
	return false
}
