package rest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
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

// serve serves h with Serve until the test ends, and returns a function that connects to it.
func serve(t *testing.T, h http.HandlerFunc) (dial func() net.Conn) {
	network := memnet.New()
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error)
	ln := network.Listen("things")
	go func() { served <- Serve(ctx, ln, h, Closing{}, spantest.New().Telemetry("things", io.Discard).Log) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return func() net.Conn {
		conn, err := network.Transport().DialContext(t.Context(), "tcp", "things:80")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn
	}
}

// status returns the status that a server sends on a connection, and how long it takes; 0 if it closes the connection.
func status(t *testing.T, conn net.Conn) (int, time.Duration) {
	began := time.Now()
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return 0, time.Since(began)
	}
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, time.Since(began)
}

// A caller that sends a byte a second occupies a connection only for seconds.
func TestSlowCaller(t *testing.T) {
	h := Handle(func(w http.ResponseWriter, r *http.Request) error {
		v, err := Decode[struct{ Name string }](w, r)
		if err != nil {
			return err
		}
		return Answer(w, http.StatusOK, v)
	})
	const head = "POST / HTTP/1.1\r\nHost: things\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"
	for _, tt := range []struct {
		name, atOnce string
		want         int
		after        time.Duration
	}{
		{"no request", "", 0, 5 * time.Second},
		{"head", head[:40], http.StatusBadRequest, 5 * time.Second},
		{"body", head, http.StatusRequestTimeout, readTimeout},
	} {
		synctest.Test(t, func(t *testing.T) {
			conn := serve(t, h)()
			var sending sync.WaitGroup
			sending.Go(func() {
				_, err := io.WriteString(conn, tt.atOnce)
				for err == nil && tt.atOnce != "" {
					_, err = io.WriteString(conn, "x")
					time.Sleep(time.Second)
				}
			})
			if got, took := status(t, conn); got != tt.want || took != tt.after {
				t.Errorf("%s: got %d after %v, want %d after %v", tt.name, got, took, tt.want, tt.after)
			}
			conn.Close()
			sending.Wait()
		})
	}
}

// Only sending a request is bounded by readTimeout, not working on it.
func TestSlowHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := serve(t, func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			select {
			case <-time.After(2 * readTimeout):
			case <-r.Context().Done():
				w.WriteHeader(http.StatusGatewayTimeout)
			}
		})()
		io.WriteString(conn, "POST / HTTP/1.1\r\nHost: things\r\nContent-Length: 2\r\n\r\n{}")
		if got, took := status(t, conn); got != http.StatusOK || took != 2*readTimeout {
			t.Errorf("got %d after %v, want 200 after %v", got, took, 2*readTimeout)
		}
	})
}

// A request whose head would fill the memory is refused.
func TestLargeHead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial := serve(t, func(http.ResponseWriter, *http.Request) {})
		for size, want := range map[int]int{32 << 10: http.StatusOK, 100 << 10: http.StatusRequestHeaderFieldsTooLarge} {
			conn := dial()
			go fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: things\r\nBaggage: %s\r\n\r\n", strings.Repeat("x", size))
			if got, _ := status(t, conn); got != want {
				t.Errorf("a head of %d bytes got %d, want %d", size, got, want)
			}
		}
	})
}

// With many idle connections, a new caller is served, and its connection closed.
func TestManyConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial := serve(t, func(http.ResponseWriter, *http.Request) {})
		ask := func() (closed bool) {
			conn := dial()
			io.WriteString(conn, "GET / HTTP/1.1\r\nHost: things\r\n\r\n")
			resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil || resp.StatusCode != http.StatusOK {
				t.Fatalf("got %v, %v, want an answer", resp, err)
			}
			return resp.Close
		}
		for n := range maxKept {
			if ask() {
				t.Fatalf("connection %d was closed after its answer, want it to be kept", n+1)
			}
		}
		for range 2 {
			if !ask() {
				t.Errorf("connection %d was kept after its answer, want it to be closed", maxKept+1)
			}
		}
		time.Sleep(3 * time.Minute) // the idle ones are closed
		if ask() {
			t.Error("a connection was closed after its answer when there were no others")
		}
	})
}

// A service that is about to stop says so at /readyz, and still answers everything else until the delay is over.
func TestDrainDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		ctx, stop := context.WithCancel(t.Context())
		served := make(chan error, 1)
		ln := network.Listen("things")
		ok := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
		go func() {
			served <- Serve(ctx, ln, ok, Closing{DrainDelay: 3 * time.Second}, spantest.New().Telemetry("things", io.Discard).Log)
		}()
		client := &http.Client{Transport: network.Transport()}
		ask := func(path string) string {
			resp, err := client.Get("http://things" + path)
			if err != nil {
				return "refused"
			}
			resp.Body.Close()
			return fmt.Sprint(resp.StatusCode, " ", resp.Close)
		}
		check := func(when, ready, other string) {
			t.Helper()
			if gotReady, gotOther := ask("/readyz"), ask("/"); gotReady != ready || gotOther != other {
				t.Errorf("%s: /readyz got %s and / got %s, want %s and %s", when, gotReady, gotOther, ready, other)
			}
		}
		check("before", "200 false", "200 false")
		stop()
		synctest.Wait()
		check("at once", "503 true", "200 true")
		time.Sleep(3*time.Second - 1)
		check("at the end of the delay", "503 true", "200 true")
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		check("after the delay", "refused", "refused")
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}
