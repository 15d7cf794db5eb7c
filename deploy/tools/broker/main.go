// Command broker is a Kafka broker for tests on one machine: kfake, from the authors of the client
// that the Collector uses. It speaks Kafka's protocol, has topics, partitions and consumer groups, and
// keeps them on disk. It has no replicas, does not delete what is old, and serves this machine only.
// Do not keep data in it that you need.
//
//	$ broker -port 9092 -topic otlp_spans -partitions 12 -data .data/broker
package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"github.com/twmb/franz-go/pkg/kfake"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "broker:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("broker", flag.ExitOnError)
	port := flags.Int("port", 9092, "the `port` on 127.0.0.1 for Kafka's clients")
	health := flags.Int("health", 0, "the `port` on 127.0.0.1 that answers once the broker is ready; 0 is none")
	topic := flags.String("topic", "otlp_spans", "the topic to create")
	partitions := flags.Int("partitions", 12, "of the topic, if it does not exist yet")
	data := flags.String("data", "", "the `folder` that keeps messages and offsets when the broker is killed; empty is in memory")
	_ = flags.Parse(args)

	options := []kfake.Opt{
		kfake.Ports(*port),
		kfake.SeedTopics(int32(*partitions), *topic),
		kfake.BrokerConfigs(map[string]string{"message.max.bytes": "8388608"}), // as deploy/pipeline/agent-kafka.yaml needs
		kfake.WithLogger(kfake.BasicLogger(os.Stderr, kfake.LogLevelWarn)),
	}
	if *data != "" {
		// Without SyncWrites: what was written survives the end of the process, though not that of the machine.
		options = append(options, kfake.DataDir(*data))
	}
	cluster, err := kfake.NewCluster(options...)
	if err != nil {
		return fmt.Errorf("start the broker (delete the folder %q to begin anew): %w", *data, err)
	}
	defer cluster.Close()
	fmt.Printf("A Kafka broker for tests listens on 127.0.0.1:%d. Do not keep data in it that you need.\n", *port)
	if *health != 0 {
		listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(*health)))
		if err != nil {
			return err
		}
		defer listener.Close()
		go http.Serve(listener, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	}
	<-ctx.Done()
	return nil
}
