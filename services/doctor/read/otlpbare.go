package read

import "slices"

// OTLP JSON whose outer objects someone took off, as jq .resourceSpans does, is read as if they were there.

func (r *records) otlpBatch(raw []byte) error { return r.wrapped(`{"resourceSpans":[`, raw, `]}`) }

func (r *records) otlpBare(raw []byte) error {
	r.note("without a resource, so without a service")
	return r.wrapped(`{"resourceSpans":[{"scopeSpans":[{"spans":[`, raw, `]}]}]}`)
}

// zipkinBare reads a Zipkin span that is not in a list.
func (r *records) zipkinBare(raw []byte) error { return r.wrapped(`[`, raw, `]`) }

func (r *records) wrapped(before string, raw []byte, after string) error {
	return r.document(slices.Concat([]byte(before), raw, []byte(after)))
}
