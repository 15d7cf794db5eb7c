package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// longestPause is the longest interval between attempts, and between log lines, while the database is down.
const longestPause = 5 * time.Second

// wait returns when the database answers. Until then it logs what it waits for.
func wait(ctx context.Context, db *sql.DB, c Config, log *slog.Logger) error {
	limited, cancel := context.WithTimeout(ctx, c.Wait)
	defer cancel()
	const firstPause = 100 * time.Millisecond
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		err := db.PingContext(limited)
		if err == nil {
			return nil
		}
		if c.URL == "" { // waiting does not help with SQLite
			return fmt.Errorf("open the database in %s (choose another folder with DATA_DIR): %w", c.Dir, err)
		}
		err = errors.New(strings.ReplaceAll(err.Error(), "\n\t", " ")) // pgx writes a line for each attempt
		if pause == firstPause || pause == longestPause {
			log.Warn("waiting for the database", "at_most", c.Wait, "error", err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("stopped while waiting for the database: %w", err)
		case <-limited.Done():
			return fmt.Errorf("the database did not answer within %v (DATABASE_WAIT): start it, or correct DATABASE_URL: %w", c.Wait, err)
		case <-time.After(pause):
		}
	}
}

// migrate runs the migrations that the database has not seen. It refuses a database that has seen unknown migrations.
func migrate(ctx context.Context, db *sql.DB, dialect goose.Dialect, files fs.FS) error {
	var opts []goose.ProviderOption
	if dialect == goose.DialectPostgres { // two instances may start at once
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return err
		}
		opts = append(opts, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(dialect, db, files, opts...)
	if err != nil {
		return err
	}
	current, newest, err := provider.GetVersions(ctx)
	if err != nil {
		return err
	}
	if current > newest {
		return fmt.Errorf("it has version %d and this program knows %d: run a newer program, or remove the database", current, newest)
	}
	_, err = provider.Up(ctx)
	return err
}
