package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"spanwise/doctor/read"
	"spanwise/doctor/trace"
)

// A backend is a running server that has traces.
type backend interface {
	Trace(ctx context.Context, id string) (*trace.Trace, error)
	FindBetween(ctx context.Context, service string, from, to time.Time) ([]*trace.Trace, error)
	Services(ctx context.Context) ([]string, error)
	String() string
}

const (
	jaeger = "jaeger"
	tempo  = "tempo"
)

// backend is the server that the flags name, or Jaeger on this machine.
func (o *options) backend() backend {
	if o.tempo != "" {
		return o.connect(tempo, o.tempo)
	}
	return o.connect(jaeger, o.jaeger)
}

// connect makes a client; it does not contact the server yet.
func (o *options) connect(product, address string) backend {
	client := &http.Client{Timeout: o.timeout, CheckRedirect: o.redirect}
	if product == tempo {
		return read.Tempo(address, client, o.header)
	}
	return read.JaegerWith(address, client, o.header)
}

// addHeader parses the value of -header.
func (o *options) addHeader(line string) error {
	name, value, found := strings.Cut(line, ":")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	if !found || name == "" || strings.ContainsAny(line, "\r\n") {
		return fmt.Errorf("want a header such as 'X-Scope-OrgID: TENANT'")
	}
	if o.header == nil {
		o.header = http.Header{}
	}
	o.header.Add(name, value)
	return nil
}

// pages is the address of the pages of traces, if they come from a Jaeger.
func (o *options) pages() string {
	switch from := o.from(); {
	case o.service == "" && o.fromFile():
		return ""
	case len(from) == 0:
		return o.connect(jaeger, o.jaeger).String() + "/trace/"
	case from[0] == "-"+jaeger:
		return from[1] + "/trace/"
	}
	return "" // Tempo has no pages
}

// fromFile reports whether the traces come from a file or from stdin.
func (o *options) fromFile() bool {
	_, err := os.Stat(o.names[0])
	return o.names[0] == "-" || err == nil
}

// from is the flags that name the same server again, unless it is the default.
func (o *options) from() []string {
	switch {
	case o.tempo != "":
		return []string{"-tempo", o.backend().String()}
	case o.jaeger != localJaeger:
		return []string{"-jaeger", o.backend().String()}
	case o.given["jaeger"] || len(o.names) == 0:
		return nil
	}
	page, err := parseArgument(o.names[0], time.Now())
	if err != nil || page.base == "" {
		return nil
	}
	return []string{"-" + page.product, o.connect(page.product, page.base).String()}
}
