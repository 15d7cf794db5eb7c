package blind

import (
	"bytes"
	"io"
	"net/http"
)

// Transport returns a transport that passes answers through [JSON]. Answers that are not JSON are left unchanged; JSON that
// cannot be read is an error.
func Transport(base http.RoundTripper) http.RoundTripper { return transport{base} }

type transport struct{ base http.RoundTripper }

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	document, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil {
		return nil, err
	}
	blinded, err := JSON(document)
	switch {
	case err == nil:
		document = blinded
	case bytes.HasPrefix(document, []byte("{")): // because readers use as much as they can of truncated JSON
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(document))
	resp.ContentLength = int64(len(document))
	return resp, nil
}
