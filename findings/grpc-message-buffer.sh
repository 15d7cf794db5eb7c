#!/usr/bin/env bash
# gRPC-Go: a message of more than 32 kB takes a buffer of 1 MB, and the client keeps it until the server answers.
#
# The default pool has buffers of 256 B, 4, 16 and 32 KiB, and then 1 MiB (mem/buffer_pool.go), and a message gets the smallest that it fits into. The sender
# encodes into one such buffer, and the receiver puts the frames together in another (encoding/proto/proto.go). The client keeps its buffer until the server
# answers, because it may have to send the message again (bufferForRetryLocked in stream.go, up to 256 KiB for each call). So a service with 100 pending requests
# of 33 kB has 100 MB in these buffers. The garbage collector empties the pool: a client that sends 33 kB every few seconds allocates 1 MB each time. A buffer that
# is taken from the pool is first overwritten with 1 MiB of zeros. experimental.SetDefaultBufferPool changes the sizes; the dial option WithBufferPool does not,
# because the codec asks for the default pool.
#
# Output with grpc v1.85.0; client and server are one process:
#
#   32,700 bytes a message: 100 calls that wait for the answer hold   7 MB
#   33,000 bytes a message: 100 calls that wait for the answer hold 109 MB
#   33,000 bytes a message: one call after a garbage collection allocates 2.3 MB
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module buffer
go 1.26
require google.golang.org/grpc v1.85.0
MOD

cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"runtime"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

const calls = 100

var (
	received = make(chan bool, calls) // a request has been read
	answer   = make(chan bool)        // lets one handler return
)

func put(_ any, _ context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
	err := decode(new(wrapperspb.BytesValue))
	received <- true
	<-answer
	return new(emptypb.Empty), err
}

// memory returns the bytes that are in use after a garbage collection, and those that were ever allocated.
func memory() (inUse, allocated int) {
	var m runtime.MemStats
	for range 3 { // a sync.Pool is empty after two
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc), int(m.TotalAlloc)
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer()
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: "Store",
		HandlerType: (*any)(nil),
		Methods:     []grpc.MethodDesc{{MethodName: "Put", Handler: put}},
	}, nil)
	go server.Serve(listener)
	defer server.Stop()
	client, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	call := func(size int) {
		if err := client.Invoke(context.Background(), "/Store/Put", wrapperspb.Bytes(make([]byte, size)), new(emptypb.Empty)); err != nil {
			log.Fatal(err)
		}
	}
	send := func(size, n int) (inUse, allocated int) {
		inUse0, allocated0 := memory()
		var wait sync.WaitGroup
		for range n {
			wait.Go(func() { call(size) })
		}
		for range n {
			<-received
		}
		inUse, allocated = memory()
		for range n {
			answer <- true
		}
		wait.Wait()
		return inUse - inUse0, allocated - allocated0
	}

	send(33_000, calls) // opens the connection and grows what is grown once
	small, _ := send(32_700, calls)
	large, _ := send(33_000, calls)
	_, one := send(33_000, 1)
	fmt.Printf("32,700 bytes a message: %d calls that wait for the answer hold %3d MB\n", calls, small/1e6)
	fmt.Printf("33,000 bytes a message: %d calls that wait for the answer hold %3d MB\n", calls, large/1e6)
	fmt.Printf("33,000 bytes a message: one call after a garbage collection allocates %.1f MB\n", float64(one)/1e6)
	if small > 20e6 || large < 100e6 || one < 2e6 {
		log.Fatal("the behaviour has changed")
	}
}
GO
go run . 2>run.log || { cat run.log >&2; exit 1; }
