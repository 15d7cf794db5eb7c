#!/usr/bin/env bash
# MCP's Go SDK: a server on stdin and stdout does not write the answers that are not ready when stdin ends.
#
# At the end of its input the SDK cancels the requests in progress and refuses to write (internal/jsonrpc2/conn.go: readIncoming sets readErr, which shuttingDown reports to
# write). But the end of stdin does not mean that no one reads stdout: with `server <requests` or `printf ... | server`, stdin ends at once. A tool that returns its result
# in spite of the cancellation has no answer either. Run returns nil, so the program exits with 0, and which answers it has written is chance, often none.
# Known as https://github.com/modelcontextprotocol/go-sdk/issues/1061.
#
# Output with go-sdk v1.8.0; the tool returns when stdin has ended, or before:
#
#   answer is ready  answered          error of Run
#   before the end   initialize, tool  <nil>
#   after the end    initialize        <nil>
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module stdin
go 1.26
require github.com/modelcontextprotocol/go-sdk v1.8.0
MOD

cat >main.go <<'GO'
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

const (
	initialize = `{"jsonrpc":"2.0","id":"initialize","method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"client","version":"1"}}}`
	ready      = `{"jsonrpc":"2.0","method":"notifications/initialized"}`
	call       = `{"jsonrpc":"2.0","id":"tool","method":"tools/call","params":{"name":"work","arguments":{}}}`
)

func main() {
	fmt.Println("answer is ready  answered          error of Run")
	before, err := serve(false)
	fmt.Printf("before the end   %-16s  %v\n", before, err)
	after, err := serve(true)
	fmt.Printf("after the end    %-16s  %v\n", after, err)
	if before != "initialize, tool" || after != "initialize" {
		log.Fatal("this has changed")
	}
}

// serve calls a tool of a server, which works until stdin has ended if late is set, and returns the ids of the answers.
func serve(late bool) (string, error) {
	server := mcp.NewServer(&mcp.Implementation{Name: "server", Version: "1"}, nil)
	started := make(chan struct{})
	mcp.AddTool(server, &mcp.Tool{Name: "work"}, func(ctx context.Context, _ *mcp.CallToolRequest, _ struct{}) (*mcp.CallToolResult, any, error) {
		close(started)
		if late {
			<-ctx.Done() // the SDK cancels it when stdin has ended
		}
		return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: "done"}}}, nil, nil
	})
	stdin, requests := io.Pipe()
	answers, stdout := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- server.Run(context.Background(), &mcp.IOTransport{Reader: stdin, Writer: stdout})
		stdout.Close()
	}()

	var ids []string
	lines := bufio.NewScanner(answers)
	next := func() bool {
		if !lines.Scan() {
			return false
		}
		var answer struct{ ID string }
		if err := json.Unmarshal(lines.Bytes(), &answer); err != nil {
			log.Fatal(err)
		}
		ids = append(ids, answer.ID)
		return true
	}
	send := func(message string) {
		if _, err := fmt.Fprintln(requests, message); err != nil {
			log.Fatal(err)
		}
	}
	send(initialize)
	next()
	send(ready)
	send(call)
	<-started
	if !late {
		next()
	}
	requests.Close()
	for next() {
	}
	return strings.Join(ids, ", "), <-ended
}
GO
go mod tidy 2>tidy.log || { cat tidy.log >&2; exit 1; }
go run . 2>build.log || { cat build.log >&2; exit 1; }
