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

// migrate runs the migrations that the database has not seen. It refuses a database that has seen unknown migrations. On
// PostgreSQL, any number of instances may start at once: one of them migrates, and the others wait for it. If it dies, its last
// migration is rolled back, and the next one goes on. On SQLite, instances must start one after another.
func migrate(ctx context.Context, db *sql.DB, dialect goose.Dialect, files fs.FS) error {
	if dialect == goose.DialectPostgres {
		unlock, err := lockMigrations(ctx, db)
		if err != nil {
			return err
		}
		defer unlock()
	}
	provider, err := goose.NewProvider(dialect, db, files)
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

// lockMigrations waits until no other instance migrates the database. Goose has a lock too, but asks for it only every few
// seconds, and not before it creates its table of versions. PostgreSQL unlocks by itself when the connection ends.
func lockMigrations(ctx context.Context, db *sql.DB) (unlock func(), err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", lock.DefaultLockID); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return func() {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", lock.DefaultLockID)
		_ = conn.Close() // in the worst case, the end of db unlocks
	}, nil
}
