#!/usr/bin/env bash
# modernc.org/sqlite: a statement with a request's context starts one or two goroutines, prepared or not, and a transaction of two statements starts six.
#
# SQLite runs in the goroutine of its caller. If the context can end, the driver starts another one for each statement, BEGIN and COMMIT included, which waits for
# the end of the context or of the statement (interruptOnDone in sqlite.go). database/sql starts one for the rows of each query and one for each
# transaction (awaitDone in database/sql/sql.go). With context.Background(), only a transaction starts any: its own and that of its rows.
# The context of an http.Request can always end, so a service starts several goroutines for each request, and a statement nearly always ends before they have a use.
#
# The numbers come from the runtime's metric /sched/goroutines-created:goroutines, over 1,000 calls.
#
# Output with modernc.org/sqlite v1.62.0 and Go 1.26:
#
#   goroutines started by      context.Background()  context.WithCancel
#   a query                                       0                   2
#   a prepared query                              0                   2
#   an update                                     0                   1
#   a query and an update in a transaction        2                   6
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module goroutines
go 1.26
require modernc.org/sqlite v1.62.0
MOD

cat >main.go <<'GO'
package main

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"math"
	"runtime/metrics"

	_ "modernc.org/sqlite"
)

func must[T any](v T, err error) T {
	check(err)
	return v
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func created() uint64 {
	sample := []metrics.Sample{{Name: "/sched/goroutines-created:goroutines"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

func main() {
	db := must(sql.Open("sqlite", "stock.db"))
	defer db.Close()
	db.SetMaxOpenConns(1)
	must(db.Exec("CREATE TABLE stock (sku INTEGER PRIMARY KEY, pieces INTEGER); INSERT INTO stock VALUES (1, 10)"))
	const query, update = "SELECT pieces FROM stock WHERE sku = ?", "UPDATE stock SET pieces = 9 WHERE sku = ? AND pieces < 9"
	prepared := must(db.Prepare(query))
	var pieces int
	calls := []struct {
		name       string
		background int // how many goroutines one call starts
		cancel     int
		call       func(context.Context)
	}{
		{"a query", 0, 2, func(ctx context.Context) { check(db.QueryRowContext(ctx, query, 1).Scan(&pieces)) }},
		{"a prepared query", 0, 2, func(ctx context.Context) { check(prepared.QueryRowContext(ctx, 1).Scan(&pieces)) }},
		{"an update", 0, 1, func(ctx context.Context) { must(db.ExecContext(ctx, update, 1)) }},
		{"a query and an update in a transaction", 2, 6, func(ctx context.Context) {
			tx := must(db.BeginTx(ctx, nil))
			check(tx.QueryRowContext(ctx, query, 1).Scan(&pieces))
			must(tx.ExecContext(ctx, update, 1))
			check(tx.Commit())
		}},
	}
	request, cancel := context.WithCancel(context.Background())
	defer cancel()
	fmt.Printf("%-25s  %s  %s\n", "goroutines started by", "context.Background()", "context.WithCancel")
	changed := false
	for _, c := range calls {
		perCall := func(ctx context.Context) int {
			c.call(ctx) // opens the connection, fills caches
			before := created()
			for range 1000 {
				c.call(ctx)
			}
			return int(math.Round(float64(created()-before) / 1000)) // the runtime starts some, too
		}
		background, cancel := perCall(context.Background()), perCall(request)
		fmt.Printf("%-38s  %7d  %18d\n", c.name, background, cancel)
		changed = changed || background != c.background || cancel != c.cancel
	}
	if changed {
		log.Fatal("the behaviour has changed")
	}
}
GO
go run . 2>run.log || { cat run.log >&2; exit 1; }
