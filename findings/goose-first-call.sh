#!/usr/bin/env bash
# goose: a Provider whose first call cannot create the version table never tries again, so calling Up again does not help.
#
# Each method of a Provider that reads versions first creates the table goose_db_version if it is missing, inside a sync.Once (ensureVersionTable in
# provider_run.go). The Once is used up even when this fails: because the context has ended, another process holds a lock, or the user may not create tables.
# Only the first call returns that error. All later calls skip the creation and fail with "no such table", however long the cause has been gone. So a service that
# calls Up in a loop until it succeeds, or asks HasPending in its readiness check, is stuck until it is restarted, or makes a new Provider. A failure to
# connect is not affected: the connection is opened before.
#
# Here another connection holds SQLite's write lock during the first call, which has a deadline of 200 ms.
#
# Output with goose v3.29.0 and modernc.org/sqlite v1.62.0:
#
#   locked:                   failed to initialize: context deadline exceeded
#   unlocked:                 failed to list migrations: SQL logic error: no such table: goose_db_version (1)
#   unlocked, new Provider:   1 migration applied
#   unlocked, first Provider: 0 migrations applied
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module first
go 1.26
require (
	github.com/pressly/goose/v3 v3.29.0
	modernc.org/sqlite v1.62.0
)
MOD

cat >main.go <<'GO'
package main

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"strings"
	"testing/fstest"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite"
)

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}

func main() {
	ctx := context.Background()
	db := must(sql.Open("sqlite", "orders.db"))
	defer db.Close()
	migrations := fstest.MapFS{"1_orders.sql": {Data: []byte("-- +goose Up\nCREATE TABLE orders (id INTEGER PRIMARY KEY);\n")}}
	first := must(goose.NewProvider(goose.DialectSQLite3, db, migrations))

	other := must(db.Conn(ctx))
	must(other.ExecContext(ctx, "BEGIN IMMEDIATE"))
	deadline, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	_, locked := first.Up(deadline)
	fmt.Println("locked:                  ", locked)
	must(other.ExecContext(ctx, "COMMIT"))
	other.Close()

	_, unlocked := first.Up(ctx)
	fmt.Println("unlocked:                ", unlocked)
	applied := must(must(goose.NewProvider(goose.DialectSQLite3, db, migrations)).Up(ctx))
	fmt.Println("unlocked, new Provider:  ", len(applied), "migration applied")
	fmt.Println("unlocked, first Provider:", len(must(first.Up(ctx))), "migrations applied")
	if locked == nil || unlocked == nil || !strings.Contains(unlocked.Error(), "no such table: goose_db_version") || len(applied) != 1 {
		log.Fatal("the behaviour has changed")
	}
}
GO
go run . 2>run.log || { cat run.log >&2; exit 1; }
