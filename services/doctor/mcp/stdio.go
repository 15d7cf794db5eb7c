package mcp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// Serve serves the client whose messages are in in, until it closes in or ctx ends. It writes nothing but messages to out.
func Serve(ctx context.Context, m *mcp.Server, in io.Reader, out io.Writer) error {
	transport := &mcp.IOTransport{Reader: io.NopCloser(in), Writer: nopCloser{out}}
	switch err := m.Run(ctx, patient{transport}); {
	case err == nil || errors.Is(err, context.Canceled) || errors.Is(err, io.EOF):
		return nil
	default:
		return fmt.Errorf("the client's messages cannot be read as JSON-RPC: %w", err)
	}
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

// A patient transport reports the end of the input only once all requests have been answered: version 1.8 of the SDK drops the answers that
// it has not written by then (https://github.com/modelcontextprotocol/go-sdk/issues/1061), so that `doctor mcp < requests` would print none.
type patient struct{ mcp.Transport }

func (p patient) Connect(ctx context.Context) (mcp.Connection, error) {
	c, err := p.Transport.Connect(ctx)
	return &connection{Connection: c, idle: make(chan struct{}, 1)}, err
}

// A connection knows which requests have not been answered yet.
type connection struct {
	mcp.Connection
	mu      sync.Mutex
	pending map[jsonrpc.ID]bool
	idle    chan struct{} // has a value after the last request was answered
}

// patience bounds the wait for answers, because a request that the client has cancelled may get none.
const patience = time.Minute

func (c *connection) Read(ctx context.Context) (jsonrpc.Message, error) {
	message, err := c.Connection.Read(ctx)
	if request, ok := message.(*jsonrpc.Request); ok && request.IsCall() {
		c.update(request.ID, true)
	}
	if errors.Is(err, io.EOF) {
		limit := time.After(patience)
		for c.waiting() {
			select {
			case <-c.idle:
			case <-limit:
				return message, err
			case <-ctx.Done():
				return message, err
			}
		}
	}
	return message, err
}

func (c *connection) Write(ctx context.Context, message jsonrpc.Message) error {
	err := c.Connection.Write(ctx, message)
	if response, ok := message.(*jsonrpc.Response); ok {
		c.update(response.ID, false)
	}
	return err
}

// update remembers that a request has come, or was answered.
func (c *connection) update(id jsonrpc.ID, pending bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pending == nil {
		c.pending = map[jsonrpc.ID]bool{}
	}
	if pending {
		c.pending[id] = true
		return
	}
	delete(c.pending, id)
	select {
	case c.idle <- struct{}{}:
	default:
	}
}

func (c *connection) waiting() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.pending) > 0
}
