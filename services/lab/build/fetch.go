package build

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"time"
)

const (
	// patience is how long a download may bring fewer than leastBytes. At that rate the 58 MB of Jaeger would take 20 minutes, and
	// building it is faster.
	patience   = 10 * time.Second
	leastBytes = 500_000
	// attempts is how often a download is continued after the connection broke.
	attempts = 5
	// maxArchive is where a download stops that never ends; its checksum is wrong then.
	maxArchive = 1 << 30
)

// fetch downloads an address to a file that may already hold its beginning, and continues when the connection breaks.
func fetch(ctx context.Context, client *http.Client, address, file string, s *step) error {
	out, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return err
	}
	defer out.Close()
	for range attempts {
		var more bool
		if more, err = fetchRest(ctx, client, address, out, s); err == nil || !more {
			break
		}
	}
	err = errors.Join(err, out.Close())
	if info, e := os.Stat(file); e == nil && info.Size() == 0 {
		_ = os.Remove(file) // nothing to continue from
	}
	return err
}

// fetchRest downloads what is missing at the end of the file. After an error, more reports whether another attempt may succeed: the
// connection broke after it had brought something.
func fetchRest(ctx context.Context, client *http.Client, address string, out *os.File, s *step) (more bool, err error) {
	have, err := out.Seek(0, io.SeekEnd)
	if err != nil {
		return false, err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var brought atomic.Int64
	go giveUp(ctx, &brought, stop)
	body, have, size, err := request(ctx, client, address, have)
	if err != nil {
		return false, cause(ctx, err)
	}
	defer body.Close()
	if err := out.Truncate(have); err != nil {
		return false, err
	}
	if _, err := out.Seek(have, io.SeekStart); err != nil {
		return false, err
	}
	if _, err = io.Copy(out, io.LimitReader(&counted{body, have, size, &brought, s}, maxArchive-have)); err != nil {
		return ctx.Err() == nil && brought.Load() > 0, cause(ctx, err)
	}
	return false, nil
}

// request asks for a file from an offset on. It returns the body, the offset from which the server sends, which is 0 if it cannot
// continue a download, and the size of the whole file, or less if that is unknown.
func request(ctx context.Context, client *http.Client, address string, have int64) (body io.ReadCloser, from, size int64, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, 0, 0, err
	}
	req.Header.Set("Accept-Encoding", "identity") // compressing it again would change the offsets
	if have > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, 0, 0, err
	}
	switch {
	case resp.StatusCode == http.StatusOK:
		return resp.Body, 0, resp.ContentLength, nil
	case resp.StatusCode == http.StatusPartialContent && strings.HasPrefix(resp.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", have)):
		return resp.Body, have, have + resp.ContentLength, nil
	}
	resp.Body.Close()
	if resp.StatusCode == http.StatusRequestedRangeNotSatisfiable && have > 0 {
		return http.NoBody, have, have, nil // it is complete, or the checksum will say that it is wrong
	}
	return nil, 0, 0, fmt.Errorf("the server answers %s", resp.Status)
}

// giveUp cancels a download that is too slow.
func giveUp(ctx context.Context, brought *atomic.Int64, stop context.CancelCauseFunc) {
	tick := time.NewTicker(patience)
	defer tick.Stop()
	for last := int64(0); ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			now := brought.Load()
			if now-last < leastBytes {
				stop(fmt.Errorf("only %d bytes came within %v", now-last, patience))
				return
			}
			last = now
		}
	}
}

// cause returns why the download was canceled, if it was, and otherwise its error.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// A counted body counts what is read from it and shows it as progress.
type counted struct {
	io.Reader
	from, size int64
	brought    *atomic.Int64
	step       *step
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	now := c.brought.Add(int64(n))
	const mega = 1e6
	if c.size > 0 {
		c.step.set(fmt.Sprintf("downloading, %.1f of %.1f MB", float64(c.from+now)/mega, float64(c.size)/mega))
	} else {
		c.step.set(fmt.Sprintf("downloading, %.1f MB", float64(c.from+now)/mega))
	}
	return n, err
}
