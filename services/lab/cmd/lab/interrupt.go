package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"spanwise/lab/native"
)

// onInterrupt calls do at the next Ctrl-C, until off is called.
func onInterrupt(do func()) (off func()) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	cancel := context.AfterFunc(ctx, do)
	return func() { cancel(); stop() }
}

// killAtSecond says at the first Ctrl-C, which ends ctx, that the programs of a run stop, and kills them at the second, until off
// is called.
func killAtSecond(ctx context.Context, e env, run *native.Run) (off func()) {
	over := make(chan struct{})
	go func() {
		select {
		case <-ctx.Done():
			defer onInterrupt(run.Kill)()
			fmt.Fprintln(e.stderr, "Stopping the programs. Press Ctrl-C again to kill them.")
			<-over
		case <-over:
		}
	}()
	return func() { close(over) }
}
