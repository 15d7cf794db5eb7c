package call

import (
	"testing"

	"spanwise/doctor/trace"
)

// named is a span with a name and attributes.
func named(name string, attrs ...string) *trace.Span {
	s := &trace.Span{Name: name, Kind: trace.Client}
	for i := 0; i+1 < len(attrs); i += 2 {
		s.Attrs.Set(attrs[i], attrs[i+1])
	}
	return s
}

// The spans of drivers are recognised under the names that their instrumentations give them, and the application's own are not.
func TestNames(t *testing.T) {
	const neither, connecting, acquiring, managing = "neither", "connecting", "acquiring", "managing"
	kind := func(s *trace.Span) string {
		switch {
		case Acquiring(s):
			return acquiring
		case Connecting(s):
			return connecting
		case Housekeeping(s):
			return managing
		}
		return neither
	}
	for _, c := range []struct {
		want string
		span *trace.Span
	}{
		{connecting, named("pg.connect", "db.system", "postgresql")},
		{connecting, named("connect", "db.system", "postgresql")},
		{connecting, named("sql.connector.connect", "db.system", "mysql")},
		{connecting, named("tcp.connect")},
		{connecting, named("tls.connect")},
		{connecting, named("dns.lookup")},
		{connecting, named("DNS lookup api.example")},
		{connecting, named("HTTP connection_setup api.example:443")},
		{connecting, named("HTTP connection_setup api:8080")},
		{connecting, named("socket connect 10.0.0.7:443")},
		{connecting, named("TLS client handshake api.example:443")},
		{connecting, named("redis.dial", "db.system", "redis")},
		{connecting, named("prisma:client:connect")},
		{connecting, named("http.getconn", "http.conn.reused", "false")},
		{connecting, named("hello", "db.system", "redis", "db.statement", "hello 3")},
		{connecting, named("AUTH", "db.system.name", "valkey", "db.query.text", "AUTH ? ?")},
		{connecting, named("redis.pipeline client", "db.system", "redis", "db.statement", "client setinfo LIB-NAME x\nclient setinfo LIB-VER 1")},
		{connecting, named("CLIENT", "db.system", "redis", "db.statement", "CLIENT MAINT_NOTIFICATIONS on")},
		{connecting, named("saslStart", "db.system", "mongodb", "db.operation", "saslStart")},
		{acquiring, named("pg-pool.connect", "db.system", "postgresql")},
		{acquiring, named("pool.acquire", "db.system", "postgresql")},
		{acquiring, named("mysql2.pool.acquire")},
		{acquiring, named("generic-pool.acquire")},
		{acquiring, named("HikariDataSource.getConnection")},
		{acquiring, named("HTTP wait_for_connection api.example:443")},
		{acquiring, named("prisma:engine:connection", "db.type", "postgres")},
		{acquiring, named("http.getconn", "http.conn.reused", "true", "http.conn.wasidle", "false")},
		{acquiring, named("get connection")},
		{acquiring, named("pool.waiting", "db.type", "hikari")},
		{acquiring, named("psycopg_pool.getconn")},
		{acquiring, named("lease connection")},
		{acquiring, named("AcquireConnection", "db.type", "sql")},
		{neither, named("http.getconn", "http.conn.reused", "true", "http.conn.wasidle", "true")},
		{managing, named("sql.conn.begin_tx", "db.system", "mysql")},
		{managing, named("prisma:engine:itx_runner", "db.system", "postgresql")},
		{managing, named("select", "db.system", "redis", "db.statement", "select 3")},
		{managing, named("CLIENT", "db.system", "redis", "db.statement", "CLIENT LIST")},
		{managing, named("COMMIT", "db.system", "postgresql", "db.statement", "COMMIT")},
		{neither, named("prisma:engine:db_query", "db.system", "postgresql", "db.statement", "SELECT id FROM posts")},
		{neither, named("customer lookup")},
		{neither, named("checkout")},
		{neither, named("acquire licence")},
		{neither, named("GET", "db.system", "redis", "db.statement", "get client:7")},
		{neither, named("hello", "http.request.method", "GET")},
	} {
		if got := kind(c.span); got != c.want {
			t.Errorf("%s %v is %s, want %s", c.span.Name, c.span.Attrs, got, c.want)
		}
	}
}

// The attributes by which drivers and people state waits are understood, with their units; limits, counts and statistics are not waits.
func TestStatedWaits(t *testing.T) {
	for _, c := range []struct {
		name, value string
		sort        Waiting
		want        trace.Micros
	}{
		{"db.pool.wait_time_ms", "930", Connection, 930_000},
		{"db.pool.wait_time_ms", "0", Connection, 0},
		{"mysql2.pool.wait_time", "12.5", Connection, 12_500},
		{"db.client.connection.wait_time", "0.42", Connection, 420_000},
		{"vm0.db.pool.acquire.duration_ms", "80", Connection, 80_000},
		{"db.connection.wait_ms", "80", Connection, 80_000},
		{"pool.checkout.seconds", "1.5", Connection, 1_500_000},
		{"connection_wait", "35ms", Connection, 35_000},
		{"lock.wait_us", "700", Turn, 700},
		{"query_queue_time_ms", "40", Turn, 40_000},
		{"rate_limiter.wait_ms", "250", Quota, 250_000},
		{"throttle.delay_ms", "250", Quota, 250_000},
		{"db.pool.wait_timeout_ms", "30000", 0, 0},
		{"db.pool.max_wait_ms", "30000", 0, 0},
		{"db.pool.waiting", "3", 0, 0},
		{"db.pool.wait_count", "3", 0, 0},
		{"queue.length", "3", 0, 0},
		{"db.pool.wait_time", "300", Connection, 300_000}, // probably
		{"queue_time_microseconds", "5000", Connection, 5000},
		{"http.request.wait", "yes", 0, 0},
		{"db.pool.wait_time_ms", "NaN", 0, 0},
		{"db.pool.wait_time_ms", "-4", 0, 0},
	} {
		got, ok := StatedWaits{}.Of(&trace.Span{Attrs: trace.AttrsOf(map[string]string{c.name: c.value})})
		if got.For != c.sort || got.Wait != c.want || ok != (c.sort != 0) {
			t.Errorf("%s=%s: got %d, %s, %v, want %d, %s", c.name, c.value, got.For, got.Wait, ok, c.sort, c.want)
		}
	}
}

// Names of waits for locks are told from names of work on locks.
func TestNamesLock(t *testing.T) {
	for name, want := range map[string]bool{
		"lock": true, "mutex.wait": true, "acquireLock": true, "Waiting for lock": true, "semaphore": true, "row-lock acquire": true,
		"list-locks": false, "unlock": false, "block.wait": false, "clock": false, "wait": false,
	} {
		if got := NamesLockWait(name); got != want {
			t.Errorf("NamesLockWait(%q) is %v, want %v", name, got, want)
		}
	}
}

// Every set of names has some.
func TestSections(t *testing.T) {
	for i, set := range []map[string]bool{
		connectingWords, connectingHostWords, connectingAnewWords, housekeepingWords, housekeepingCommands, housekeepingStatements,
		handshakeCommands, handshakeSubcommands, documentHandshakes, waitingVerbs, waitingForConnection, lockWords, lockWaitWords, waitingInQueue,
		waitingForQuota, waitingLengths, waitingNots, KeyValueStores,
		havingWords, waitingForThread, StreamingMethods, StreamingPaths, StreamingCommands, PollingPaths, BlockingCommands,
	} {
		if len(set) == 0 {
			t.Errorf("set %d is empty: names.txt lacks its section", i)
		}
	}
}

// The words for errors stand in different places, by tracer; a line of a log is not one.
func TestSaid(t *testing.T) {
	event := func(name string, attrs map[string]string) *trace.Span {
		return &trace.Span{Events: []trace.Event{{Name: name, Attrs: trace.AttrsOf(attrs)}}}
	}
	for want, s := range map[string]*trace.Span{
		"no route to host":     {Attrs: trace.AttrsOf(map[string]string{"otel.status_description": "no route to host"})},
		"transport is closing": {Attrs: trace.AttrsOf(map[string]string{"grpc.error_message": "transport is closing"})},
		"EOF while reading":    event("exception", map[string]string{"exception.type": "IOError", "exception.message": "EOF while reading"}),
		"it took 3 s":          event("error", map[string]string{"event": "error", "error.kind": "Timeout", "message": "it took 3 s"}),
		"dial tcp: refused":    event("error", map[string]string{"error.object": "dial tcp: refused"}),
		"":                     event("cache", map[string]string{"message": "cache miss for 7"}),
	} {
		if got := Message(s); got != want {
			t.Errorf("%v %v: got %q, want %q", s.Attrs, s.Events, got, want)
		}
	}
}
