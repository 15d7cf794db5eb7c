package main

import (
	"context"

	"spanwise/lab/jaeger"
)

// traceAt returns what to put before a trace's id to look at it: the address of Jaeger's page for a browser, if it has
// any, else the command that shows it here.
func traceAt(ctx context.Context, address string) string {
	if jaeger.HasUI(ctx, address) {
		return address + "/trace/"
	}
	if address == usualJaeger {
		return ".bin/doctor "
	}
	return ".bin/doctor -jaeger " + address + " "
}
