// Package capacity says what a shop of a given size needs: processors, instances, bandwidth, Kafka partitions, memory of the
// gateways, and disks. It computes that from what one core of each part was measured to carry.
//
// [Read] the measured [Costs], and [Costs.Plan] what a [Demand] needs. [Measure] measures the costs on this machine, and checks
// what they predict against rates from which they were not computed.
package capacity

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"spanwise/lab/bench"
	"spanwise/lab/export"
)

// Costs are what was measured, when, and on what.
type Costs struct {
	Machine bench.Machine `json:"machine"`
	Commit  string        `json:"commit"` // of the source tree
	Size    string        `json:"size"`   // full or quick
	Seconds int           `json:"seconds"`
	Rates   []int         `json:"rates"` // requests/s from which the costs were computed
	Request string        `json:"request"`
	Spans   float64       `json:"spans_per_request"`
	Parts   []Part        `json:"parts"`
	Bytes   Bytes         `json:"bytes_per_span"`
	Gateway Range         `json:"gateway_bytes"` // memory of one without spans
	Checks  []Check       `json:"checks"`
}

// A Part is a kind of process.
type Part struct {
	Pipeline string `json:"pipeline"` // or everywhere
	Name     string `json:"name"`
	Per      string `json:"per"` // what its cost is for: request or span
	Line     Line   `json:"cost"`
}

// Bytes are the sizes of a span in different places.
type Bytes struct {
	Wire   Range `json:"wire"`   // OTLP over gRPC, uncompressed
	Queue  Range `json:"queue"`  // on the disk of an agent
	Kafka  Range `json:"kafka"`  // compressed
	Memory Range `json:"memory"` // undecided, in a gateway
	Badger Range `json:"badger"` // stored by Jaeger on disk, with its indexes
}

// A Range is a measured value, with the lowest and the highest of its repetitions.
type Range struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// Read reads the costs of a file such as docs/capacity.json.
func Read(file string) (c Costs, err error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return c, fmt.Errorf("%s is not there (lab capacity -measure -json %s writes it)", file, file)
	}
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal(text, &c); err != nil || len(c.Parts) == 0 || len(c.Rates) == 0 {
		return c, errors.Join(fmt.Errorf("%s does not hold the figures of lab capacity -measure", file), err)
	}
	return c, nil
}

// Write writes the costs to a file.
func (c Costs) Write(file string) error { return export.WriteJSON(file, c, "  ") }

// part returns a part of a pipeline, or one that all pipelines have.
func (c Costs) part(pipeline, name string) (Part, error) {
	i := slices.IndexFunc(c.Parts, func(p Part) bool { return p.Name == name && (p.Pipeline == everywhere || p.Pipeline == pipeline) })
	if i < 0 {
		return Part{}, fmt.Errorf("what a core of %s carries in the pipeline %s was not measured", name, pipeline)
	}
	return c.Parts[i], nil
}

// Measured lists the pipelines of which everything was measured. With a second set of gateways, that is none.
func (c Costs) Measured() []string {
	return slices.DeleteFunc(slices.Clone(Pipelines), func(pipeline string) bool {
		return pipeline != once(pipeline) || slices.ContainsFunc(partsOf(pipeline), func(name string) bool {
			_, err := c.part(pipeline, name)
			return err != nil
		})
	})
}
