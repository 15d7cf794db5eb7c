// Package lists answers requests for long lists from a cache, in the ways that the lab's story of a million rows compares.
// [Whole] caches a list in an [Encoding], [Answer] the finished answer. Caching a whole list is mostly a way to be slow
// twice: what comes from the cache must be decoded, and encoded again.
package lists

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/trace"

	"spanwise/internal/rest"
	"spanwise/pricing/cache"
)

const (
	ttl          = 10 * time.Minute // the maximum age of a list from the cache
	cacheTimeout = 10 * time.Second // for one command to the cache
)

// An Encoding is how a list is stored in the cache.
type Encoding struct {
	name   string
	encode func(v any) ([]byte, error)
	decode func(data []byte, v any) error
}

// The encodings: [JSON], and gob, which is decoded several times as fast.
var (
	JSON   = Encoding{"json", json.Marshal, json.Unmarshal}
	Binary = Encoding{"binary", encodeGob, decodeGob}
)

func encodeGob(v any) ([]byte, error) {
	var data bytes.Buffer
	err := gob.NewEncoder(&data).Encode(v)
	return data.Bytes(), err
}

func decodeGob(data []byte, v any) error { return gob.NewDecoder(bytes.NewReader(data)).Decode(v) }

// Whole returns the list that the cache has under a key. If it has none, Whole calls find and caches the result.
func Whole[T any](ctx context.Context, c cache.Cache, key string, e Encoding, find func() ([]T, error)) (all []T, err error) {
	if data := read(ctx, c, key); data != nil {
		_, span := tracer(ctx).Start(ctx, "decode-"+e.name)
		defer span.End()
		all = []T{} // gob leaves it as it is if the list is empty
		err = e.decode(data, &all)
		return all, err
	}
	if all, err = find(); err != nil {
		return nil, err
	}
	_, span := tracer(ctx).Start(ctx, "encode-"+e.name)
	data, err := e.encode(all)
	span.End()
	if err == nil {
		fill(ctx, c, key, data)
	}
	return all, err
}

// Answer sends the answer that the cache has under a key. If it has none, Answer calls find, encodes what that returns as
// JSON, and caches it. The cache has the body as it is sent, compressed for callers that accept gzip.
func Answer(w http.ResponseWriter, r *http.Request, c cache.Cache, key string, find func() (any, error)) error {
	ctx := r.Context()
	zipped := acceptsGzip(r)
	key = fmt.Sprintf("answer %t %s", zipped, key)
	body := read(ctx, c, key)
	if body == nil {
		v, err := find()
		if err != nil {
			return err
		}
		_, span := tracer(ctx).Start(ctx, "encode-json")
		body, err = encode(v, zipped)
		span.End()
		if err != nil {
			return err
		}
		fill(ctx, c, key, body)
	}
	w.Header().Set("Vary", "Accept-Encoding")
	if zipped {
		w.Header().Set("Content-Encoding", "gzip")
	}
	return rest.Send(w, http.StatusOK, body)
}

// encode returns the body of an answer.
func encode(v any, zipped bool) ([]byte, error) {
	var body bytes.Buffer
	if !zipped {
		err := rest.Encode(&body, v)
		return body.Bytes(), err
	}
	out, err := gzip.NewWriterLevel(&body, gzip.BestSpeed)
	if err == nil {
		err = errors.Join(rest.Encode(out, v), out.Close())
	}
	return body.Bytes(), err
}

// acceptsGzip reports whether the caller accepts gzip (RFC 9110, section 12.5.3).
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

// read returns what the cache has under a key, or nil.
func read(ctx context.Context, c cache.Cache, key string) []byte {
	return cache.Read(ctx, c, cacheTimeout, []string{key})[0]
}

func fill(ctx context.Context, c cache.Cache, key string, value []byte) {
	cache.Fill(ctx, c, cacheTimeout, map[string][]byte{key: value}, ttl)
}

func tracer(ctx context.Context) trace.Tracer {
	return trace.SpanFromContext(ctx).TracerProvider().Tracer("spanwise/pricing/lists")
}
