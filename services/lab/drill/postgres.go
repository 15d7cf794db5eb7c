package drill

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver behind sql.Open
	"golang.org/x/sync/errgroup"

	"spanwise/lab/native"
	"spanwise/lab/play"
)

// connections is how many the server accepts: the services keep 17 each, and the drill needs some to look at the databases.
const connections = 100

// superuser is the user of the drill. Each service has a user of its own.
const superuser = "postgres"

// tooMany is PostgreSQL's code of a refusal because there are as many connections as it accepts.
const tooMany = "53300"

// A postgres is a PostgreSQL server of a drill's own, with a database for each service.
type postgres struct{ bin, dir, port string }

// needsPostgres returns why there can be no PostgreSQL.
func needsPostgres() error {
	if _, err := postgresBin(); err != nil {
		return err
	}
	_, err := unprivileged()
	return err
}

// postgresBin returns the folder with the programs of the newest PostgreSQL.
func postgresBin() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errors.Join(errors.New("it needs PostgreSQL in /usr/lib/postgresql, where Debian's package postgresql puts it"), err)
	}
	return filepath.Dir(found[len(found)-1]), nil
}

// startPostgres starts a server, and makes the services of the run use it. remove stops and removes it.
func startPostgres(s *native.Settings) (p *postgres, remove func() error, err error) {
	bin, err := postgresBin()
	if err != nil {
		return nil, nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, nil, err
	}
	dir, err := os.MkdirTemp("", "spanwise-postgres-")
	if err != nil {
		return nil, nil, err
	}
	p = &postgres{bin, dir, port}
	remove = func() error { return errors.Join(p.stop(), os.RemoveAll(dir)) }
	err = p.init()
	if err == nil {
		err = p.createDatabases(s)
	}
	if err != nil {
		return nil, nil, errors.Join(err, remove())
	}
	return p, remove, nil
}

func (p *postgres) init() error {
	uid, err := unprivileged()
	if err != nil {
		return err
	}
	if err := os.Chown(p.dir, uid, -1); err != nil {
		return err
	}
	if err := p.run("initdb", "-D", p.data(), "-U", superuser, "--auth=trust"); err != nil {
		return err
	}
	return p.start()
}

func (p *postgres) data() string { return filepath.Join(p.dir, "data") }

func (p *postgres) start() error {
	return p.run("pg_ctl", "-D", p.data(), "-w", "-l", filepath.Join(p.dir, "log"), "-o",
		fmt.Sprintf("-p %s -c listen_addresses=127.0.0.1 -c unix_socket_directories=%s -c max_connections=%d", p.port, p.dir, connections), "start")
}

// stop stops the server as a crash would: it does not write anything, and recovers from its log when it starts again.
func (p *postgres) stop() error { return p.run("pg_ctl", "-D", p.data(), "-m", "immediate", "stop") }

// run runs one of PostgreSQL's programs, which refuse to run as root.
func (p *postgres) run(name string, args ...string) error {
	cmd := exec.Command(filepath.Join(p.bin, name), args...)
	cmd.Dir = p.dir
	if err := asUnprivileged(cmd); err != nil {
		return err
	}
	out, err := os.CreateTemp("", "spanwise-pg_ctl-") // a pipe would stay open as long as the server runs
	if err != nil {
		return err
	}
	defer os.Remove(out.Name())
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		text, _ := os.ReadFile(out.Name())
		return fmt.Errorf("%s: %w\n%s", name, err, text)
	}
	return nil
}

func (p *postgres) url(user, database string) string {
	return fmt.Sprintf("postgres://%s@127.0.0.1:%s/%s?sslmode=disable", user, p.port, database)
}

// open returns a pool of the drill's own connections, which no service uses.
func (p *postgres) open() (*sql.DB, error) { return sql.Open("pgx", p.url(superuser, "postgres")) }

func (p *postgres) createDatabases(s *native.Settings) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	for _, name := range native.Services {
		for _, format := range []string{`CREATE ROLE %q LOGIN`, `CREATE DATABASE %q OWNER %[1]q`} {
			if _, err := db.Exec(fmt.Sprintf(format, name)); err != nil {
				return err
			}
		}
	}
	for _, name := range native.Services {
		s.SetDatabase(name, p.url(name, name))
	}
	return nil
}

// used requires that each service has a connection to the server: otherwise nothing happens to it when the server is away.
func (p *postgres) used(ctx context.Context) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	n := 0
	err = db.QueryRowContext(ctx, "SELECT count(DISTINCT datname) FROM pg_stat_activity WHERE datname <> 'postgres'").Scan(&n)
	if err == nil && n != len(native.Services) {
		err = fmt.Errorf("%d of %d services use the PostgreSQL of this drill", n, len(native.Services))
	}
	return err
}

// away takes the server away for that long.
func (p *postgres) away(ctx context.Context, long time.Duration) error {
	if err := p.stop(); err != nil {
		return err
	}
	wait := play.Wait(ctx, long)
	return errors.Join(wait, p.start())
}

// exhaust takes all connections of the server, also those that the services have, and keeps them for that long.
func (p *postgres) exhaust(ctx context.Context, long time.Duration) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	taking, cancel := context.WithTimeout(ctx, drain)
	defer cancel()
	first, err := db.Conn(taking)
	if err != nil {
		return err
	}
	taken := []*sql.Conn{first}
	defer func() {
		for _, conn := range taken {
			conn.Close()
		}
	}()
	// The services must not take back what is not taken yet. They get the same error as when all are taken.
	if err := limit(taking, first, 0); err != nil {
		return err
	}
	for len(taken) < connections {
		more, err := takeMore(taking, db, connections-len(taken))
		taken = append(taken, more...)
		if err != nil {
			return fmt.Errorf("only %d of %d connections could be taken: %w", len(taken), connections, err)
		}
	}
	if err := limit(taking, first, -1); err != nil {
		return err
	}
	return play.Wait(ctx, long)
}

// limit ends the connections of the services, and limits how many each may have from now on; -1 is any number.
func limit(ctx context.Context, conn *sql.Conn, most int) error {
	for _, name := range native.Services {
		if _, err := conn.ExecContext(ctx, fmt.Sprintf(`ALTER DATABASE %q CONNECTION LIMIT %d`, name, most)); err != nil {
			return err
		}
	}
	_, err := conn.ExecContext(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname <> 'postgres'")
	return err
}

// takeMore tries to make n connections at once, and returns those that the server accepts.
func takeMore(ctx context.Context, db *sql.DB, n int) ([]*sql.Conn, error) {
	conns := make([]*sql.Conn, n)
	var all errgroup.Group
	for i := range conns {
		all.Go(func() (err error) {
			conns[i], err = db.Conn(ctx)
			if refused, ok := errors.AsType[*pgconn.PgError](err); ok && refused.Code == tooMany {
				return nil
			}
			return err
		})
	}
	err := all.Wait()
	return slices.DeleteFunc(conns, func(conn *sql.Conn) bool { return conn == nil }), err
}

func freePort() (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer ln.Close()
	return strconv.Itoa(ln.Addr().(*net.TCPAddr).Port), nil
}
