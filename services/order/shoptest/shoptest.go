// Package shoptest runs the whole shop inside a test: the three real services with their real databases, connected by an
// in-memory network, with a recorder for their spans. Call [Start]. In a testing/synctest bubble time is virtual: only
// deliberate delays take time, and exactly as long as they should.
package shoptest

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"spanwise/internal/database"
	"spanwise/internal/memnet"
	"spanwise/internal/spantest"
	"spanwise/internal/telemetry"
	"spanwise/inventory"
	"spanwise/order"
	"spanwise/pricing"
	"spanwise/pricing/cache"
)

// A Shop is the three running services.
type Shop struct {
	Spans  *spantest.Recorder
	Client *http.Client // reaches http://order, http://order2, http://inventory and http://pricing; has no spans of its own

	t        testing.TB
	net      *memnet.Network
	newURL   func() string
	handlers map[string]http.Handler
	products *database.DB    // pricing's
	placed   *database.DB    // order's
	config   database.Config // of placed
}

// Start runs a shop until the test ends. newURL creates a database as in databasetest.Each; nil means SQLite.
func Start(t testing.TB, newURL func() string, faults bool) *Shop {
	t.Helper()
	if newURL == nil {
		newURL = func() string { return "" }
	}
	s := &Shop{Spans: spantest.New(), t: t, net: memnet.New(), newURL: newURL, handlers: map[string]http.Handler{}}
	s.Client = &http.Client{Transport: s.transport()}

	tel := s.Spans.Telemetry("inventory", io.Discard)
	_, db := s.open("inventory", inventory.Migrations)
	s.serve("inventory", inventory.NewServer(inventory.New(db), db.PingContext, tel, faults))

	tel = s.Spans.Telemetry("pricing", io.Discard)
	stock := inventory.NewClient("http://inventory", tel, s.transport())
	_, s.products = s.open("pricing", pricing.Migrations)
	kept, err := cache.Open("", tel)
	if err != nil {
		t.Fatal(err)
	}
	s.serve("pricing", pricing.NewServer(pricing.New(s.products, stock, kept), s.products.PingContext, tel, faults))

	s.config, db = s.open("order", order.Migrations)
	s.placed = db
	for _, host := range []string{"order", "order2"} { // two instances on one database
		tel := s.Spans.Telemetry("order", io.Discard)
		s.serve(host, order.NewServer(s.orders(db, s.transport(), tel), db.PingContext, tel, faults))
	}

	s.Spans.Reset() // forget those of opening the databases
	return s
}

// Grow grows the catalogue to at least that many products.
func (s *Shop) Grow(products int) {
	s.t.Helper()
	if err := pricing.Seed(context.Background(), s.products, products, func(int) {}); err != nil {
		s.t.Fatal(err)
	}
	s.Spans.Reset()
}

// Routes lists the routes of each service, such as "GET /orders/{id}".
func (s *Shop) Routes() map[string][]string {
	s.t.Helper()
	all := map[string][]string{}
	for service, h := range s.handlers {
		err := chi.Walk(h.(chi.Routes), func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
			all[service] = append(all[service], method+" "+route)
			return nil
		})
		if err != nil {
			s.t.Fatal(err)
		}
	}
	return all
}

// orders returns an instance of the order service that makes its calls over a network.
func (s *Shop) orders(db *database.DB, network *http.Transport, tel *telemetry.Telemetry) *order.Service {
	stock := inventory.NewClient("http://inventory", tel, network)
	prices := pricing.NewClient("http://pricing", tel, network)
	orders := order.New(db, stock, prices, tel)
	s.t.Cleanup(orders.Wait)
	return orders
}

func (s *Shop) transport() *http.Transport {
	transport := s.net.Transport()
	s.t.Cleanup(transport.CloseIdleConnections)
	return transport
}

// open opens a new database for a service.
func (s *Shop) open(service string, migrations fs.FS) (database.Config, *database.DB) {
	s.t.Helper()
	config := database.Config{Service: service, URL: s.newURL(), Dir: s.t.TempDir(), Wait: 10 * time.Second, Migrations: migrations}
	if config.URL == "" {
		s.copySeeded(config)
	}
	return config, s.openAgain(config)
}

func (s *Shop) openAgain(config database.Config) *database.DB {
	s.t.Helper()
	db, err := database.Open(context.Background(), config, s.Spans.Telemetry(config.Service, io.Discard))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { db.Close() })
	return db
}

// seeded caches a new SQLite file of each service, since creating one takes longer than most tests.
var seeded sync.Map

// copySeeded puts a copy of a service's database where config will open it.
func (s *Shop) copySeeded(config database.Config) {
	s.t.Helper()
	content, ok := seeded.Load(config.Service)
	if !ok {
		content = s.seed(config)
		seeded.Store(config.Service, content)
	}
	if err := os.WriteFile(filepath.Join(config.Dir, config.Service+".db"), content.([]byte), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func (s *Shop) seed(config database.Config) []byte {
	s.t.Helper()
	config.Dir = s.t.TempDir()
	db, err := database.Open(context.Background(), config, s.Spans.Telemetry(config.Service, io.Discard))
	if err != nil {
		s.t.Fatal(err)
	}
	if err := db.Close(); err != nil { // the last connection to close moves everything into one file
		s.t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(config.Dir, config.Service+".db"))
	if err != nil {
		s.t.Fatal(err)
	}
	return content
}

func (s *Shop) serve(service string, h http.Handler) {
	s.handlers[service] = h
	server := &http.Server{Handler: h}
	ln := s.net.Listen(service)
	go server.Serve(ln)
	s.t.Cleanup(func() { server.Close() })
}

// Do sends a request such as "GET http://order/orders/3" and returns the status and body of the answer. It sends body as
// JSON; headers alternates names and values.
func (s *Shop) Do(ctx context.Context, request, body string, headers ...string) (int, string, error) {
	method, url, _ := strings.Cut(request, " ")
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := s.Client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(text), err
}

// Must is Do for a request that must be answered with that status; any other fails the test.
func (s *Shop) Must(status int, request, body string, headers ...string) string {
	s.t.Helper()
	got, text, err := s.Do(context.Background(), request, body, headers...)
	if err != nil {
		s.t.Fatalf("%s: %v", request, err)
	}
	if got != status {
		s.t.Fatalf("%s: got %d %s, want %d", request, got, text, status)
	}
	return text
}

// Available returns the stock of a product, as inventory answers it.
func (s *Shop) Available(sku string) string {
	s.t.Helper()
	return strings.TrimSpace(s.Must(http.StatusOK, fmt.Sprintf("GET http://inventory/stock/%s", sku), ""))
}
