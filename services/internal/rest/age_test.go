package rest

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"spanwise/internal/memnet"
	"spanwise/internal/spantest"
)

// aging serves h with a limit for the age of connections until the test ends, and returns a client and the times at which it has
// opened a connection, which must be read only between its requests.
func aging(t *testing.T, h http.HandlerFunc, maxAge time.Duration) (client *http.Client, opened *[]time.Time) {
	network := memnet.New()
	ctx, stop := context.WithCancel(t.Context())
	ln, served := network.Listen("things"), make(chan error)
	go func() {
		served <- Serve(ctx, ln, h, Closing{MaxAge: maxAge}, spantest.New().Telemetry("things", io.Discard).Log)
	}()
	transport := network.Transport()
	dial, mu := transport.DialContext, new(sync.Mutex)
	opened = new([]time.Time)
	transport.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		mu.Lock()
		defer mu.Unlock()
		*opened = append(*opened, time.Now())
		return dial(ctx, network, addr)
	}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return &http.Client{Transport: transport}, opened
}

// post sends a request that net/http does not repeat if it fails, and reports whether the answer closes the connection.
func post(t *testing.T, client *http.Client) (closes bool) {
	resp, err := client.Post("http://things", "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Error("a request failed:", err)
		return false
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err != nil || string(body) != "done" {
		t.Errorf("got %q, %v, want the whole answer", body, err)
	}
	return resp.Close
}

func done(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "done") }

// A connection is kept until it has its age, less a tenth at most; then an answer closes it, and the client opens another one.
func TestConnectionAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, opened := aging(t, done, time.Minute)
		closed := 0
		for range 600 {
			closes, age := post(t, client), time.Since((*opened)[len(*opened)-1])
			if closes {
				closed++
			}
			if closes && age < 54*time.Second || !closes && age > 66*time.Second {
				t.Errorf("at the age of %v, an answer closes the connection: %v", age, closes)
			}
			time.Sleep(time.Second)
		}
		if n := len(*opened); n != closed && n != closed+1 || closed < 600/67 {
			t.Errorf("in ten minutes, %d connections were opened and %d closed, want about 10 of both", n, closed)
		}
	})
}

// Without a limit, a connection that is in use is kept.
func TestConnectionsOfAnyAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, opened := aging(t, done, 0)
		for range 600 {
			post(t, client)
			time.Sleep(time.Second)
		}
		if n := len(*opened); n != 1 {
			t.Errorf("%d connections were opened, want 1", n)
		}
	})
}

// Connections that were opened at the same time are not all opened anew at the same time.
func TestConnectionsAgeApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Second)
			done(w, r)
		}
		const callers = 50
		client, opened := aging(t, slow, time.Minute)
		var calls sync.WaitGroup
		for range callers {
			calls.Go(func() {
				for range 80 {
					post(t, client)
				}
			})
		}
		calls.Wait()
		if n := len(*opened); n < 2*callers {
			t.Fatalf("%d connections were opened, want %d twice", n, callers)
		}
		seconds := make(map[time.Duration]bool)
		for _, at := range (*opened)[callers:] {
			seconds[at.Sub((*opened)[0]).Round(time.Second)] = true
		}
		if len(seconds) < 5 {
			t.Errorf("all were opened anew within %d different seconds, want about 12", len(seconds))
		}
	})
}

// An answer that begins before the limit and ends after it is not cut, and neither is the one after it.
func TestOldConnectionIsNotCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, opened := aging(t, func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "do")
			http.NewResponseController(w).Flush()
			time.Sleep(20 * time.Second)
			io.WriteString(w, "ne")
		}, 10*time.Second)
		if post(t, client) || !post(t, client) || len(*opened) != 1 {
			t.Errorf("got %d connections, want the second answer to close the only one", len(*opened))
		}
	})
}
