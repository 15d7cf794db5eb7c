package native

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// Nginx is a program of a run with several instances of each service. It has the ports of the services, and passes requests on to
// the instances, also those of the services to each other.
const Nginx = "nginx"

// CheckNginx returns why there can be no nginx.
func CheckNginx() error {
	if _, err := nginxFile(); err != nil {
		return fmt.Errorf("it needs nginx (%w): install it, for example with apt-get install nginx-light", err)
	}
	return nil
}

// nginxFile finds nginx, which Debian puts where only root looks for programs.
func nginxFile() (string, error) {
	if file, err := exec.LookPath(Nginx); err == nil {
		return file, nil
	}
	return exec.LookPath("/usr/sbin/" + Nginx)
}

// Instance returns the name of the nth instance of a service, counted from 1, in a run with several of each.
func Instance(service string, n int) string { return service + "-" + strconv.Itoa(n) }

// InstancesOf returns the names of a service's programs.
func (s Settings) InstancesOf(service string) []string {
	if s.Instances < 2 {
		return []string{service}
	}
	return numbered(func(n int) string { return Instance(service, n) }, s.Instances)
}

// AllInstances returns the names of all services' programs, in the order in which they stop.
func (s Settings) AllInstances() (names []string) {
	for _, service := range Services {
		names = append(names, s.InstancesOf(service)...)
	}
	return names
}

// InstanceURL returns the address of a service's program, behind nginx if there are several.
func (s Settings) InstanceURL(name string) string { return s.URL(portOf(name, "PORT")) }

// prepareInstances gives ports to the instances, and writes nginx's configuration.
func (s Settings) prepareInstances() error {
	if s.Instances < 2 {
		return nil
	}
	var names []string
	for _, name := range s.AllInstances() {
		names = append(names, portOf(name, "PORT"))
	}
	if err := s.assignPorts(names...); err != nil {
		return err
	}
	text, err := os.ReadFile(s.file("deploy/nginx.conf"))
	if err != nil {
		return err
	}
	config, err := s.nginxConfig(string(text))
	if err != nil {
		return fmt.Errorf("configure nginx: %w", err)
	}
	if err := os.MkdirAll(s.nginxDir(), 0o755); err != nil {
		return err
	}
	return os.WriteFile(s.nginxConf(), []byte(config), 0o644)
}

func (s Settings) nginxDir() string  { return filepath.Join(s.Data, Nginx) }
func (s Settings) nginxConf() string { return filepath.Join(s.nginxDir(), "nginx.conf") }

// nginxConfig returns the configuration of the containers with the addresses and folders of this run.
func (s Settings) nginxConfig(text string) (string, error) {
	var errs error
	replace := func(old, new string) {
		if strings.Count(text, old) != 1 {
			errs = errors.Join(errs, fmt.Errorf("deploy/nginx.conf has %q %d times, want once", old, strings.Count(text, old)))
		}
		text = strings.Replace(text, old, new, 1)
	}
	for _, service := range Services {
		port := portOf(service, "PORT")
		usual := UsualPort(port)
		replace(fmt.Sprintf("listen %d;", usual), "listen "+s.Addr(port)+";")
		line := fmt.Sprintf("server %s:%d fail_timeout=2s;", service, usual)
		var servers []string
		for _, name := range s.InstancesOf(service) {
			servers = append(servers, strings.Replace(line, fmt.Sprintf("%s:%d", service, usual), s.Addr(portOf(name, "PORT")), 1))
		}
		replace(line, strings.Join(servers, " "))
	}
	replace("access_log /dev/stdout requests buffer=32k flush=1s;", "access_log off;") // it would hide what the services say
	return strings.ReplaceAll(text, "/tmp/", filepath.ToSlash(s.nginxDir())+"/"), errs
}

// nginx returns the program between the services and those that call them.
func (s Settings) nginx() Program {
	global := "daemon off;"
	if os.Geteuid() == 0 {
		global += " user root;" // the data folder is this user's
	}
	p := s.program(Nginx, []string{"-e", "/dev/stderr", "-p", s.nginxDir(), "-c", s.nginxConf(), "-g", global}, s.URL(OrderPort)+"/nginx/health")
	p.Path, _ = nginxFile() // an empty one is reported when it is started
	return p
}
