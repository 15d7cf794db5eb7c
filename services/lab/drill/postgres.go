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
	"strconv"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver behind sql.Open

	"spanwise/lab/native"
	"spanwise/lab/play"
)

// connections is how many the server accepts: the services keep 17 each, and the drill needs some to look at the databases.
const connections = 100

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
	if err := p.run("initdb", "-D", p.data(), "-U", "postgres", "--auth=trust"); err != nil {
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

func (p *postgres) url(database string) string {
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%s/%s?sslmode=disable", p.port, database)
}

func (p *postgres) createDatabases(s *native.Settings) error {
	db, err := sql.Open("pgx", p.url("postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	for _, name := range native.Services {
		if _, err := db.Exec(`CREATE DATABASE "` + name + `"`); err != nil {
			return err
		}
		s.SetDatabase(name, p.url(name))
	}
	return nil
}

// away takes the server away for that long.
func (p *postgres) away(ctx context.Context, long time.Duration) error {
	if err := p.stop(); err != nil {
		return err
	}
	wait := play.Wait(ctx, long)
	return errors.Join(wait, p.start())
}

// exhaust takes all connections of the server for that long, also those that the services have. It returns how many it took.
func (p *postgres) exhaust(ctx context.Context, long time.Duration) (taken int, err error) {
	db, err := sql.Open("pgx", p.url("postgres"))
	if err != nil {
		return 0, err
	}
	defer db.Close()
	keep, err := db.Conn(ctx)
	if err != nil {
		return 0, err
	}
	defer keep.Close()
	for until := time.Now().Add(long); time.Now().Before(until); {
		conn, err := db.Conn(ctx)
		if err == nil {
			defer conn.Close()
			taken++
			continue
		}
		if ctx.Err() != nil {
			return taken, err
		}
		const others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname <> 'postgres'"
		if _, err := keep.ExecContext(ctx, others); err != nil {
			return taken, err
		}
	}
	return taken, nil
}

func freePort() (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer ln.Close()
	return strconv.Itoa(ln.Addr().(*net.TCPAddr).Port), nil
}
