package read

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A fault is what a server wrote instead of a trace.
type fault string

func (f fault) Error() string { return string(f) }

// verdict says what is wrong with well-formed JSON that held nothing, and keeps what a server said beside its traces.
func (d *document) verdict() error {
	switch {
	case len(d.order) > 0 && d.fault != "":
		d.remarks = append(d.remarks, "the answer has an error: "+string(d.fault))
		return nil
	case len(d.order) > 0:
		return nil
	case d.format == "" && len(d.keys) > 0 && d.fault != "":
		return fmt.Errorf("no key of Jaeger, OTLP or Zipkin JSON among %s; it says: %w", strings.Join(d.keys, ", "), d.fault)
	case d.format == "" && len(d.keys) > 0:
		return fmt.Errorf("no key of Jaeger, OTLP or Zipkin JSON among %s", strings.Join(d.keys, ", "))
	case d.fault != "":
		return fmt.Errorf("it holds no trace, but an error: %w", d.fault)
	case len(d.notes) > 0:
		return errors.New("no readable span: " + strings.Join(d.notes.lines(), "; "))
	}
	return nil
}

// failure remembers the error that a server wrote: Jaeger's [{"code":404,"msg":…}], gRPC's {"message":…}, text, or whatever else.
func (d *document) failure() error {
	var raw json.RawMessage
	if err := d.Decode(&raw); err != nil {
		return err
	}
	type words struct{ Msg, Message string }
	var one words
	var many []words
	var plain string
	switch {
	case json.Unmarshal(raw, &many) == nil:
		var said []string
		for _, w := range many {
			said = append(said, cmp.Or(w.Msg, w.Message))
		}
		plain = strings.Join(said, "; ")
	case json.Unmarshal(raw, &one) == nil:
		plain = cmp.Or(one.Msg, one.Message)
	case json.Unmarshal(raw, &plain) == nil:
	}
	if !slices.Contains([]string{"null", "[]", `""`}, string(raw)) {
		d.fault = fault(cmp.Or(plain, string(raw)))
	}
	return nil
}

// message remembers what a server wrote beside a trace of which it has a part only, as Grafana Tempo does, or instead of it.
func (d *document) message() error {
	var said text
	err := d.Decode(&said)
	if said != "" && said != "null" && d.fault == "" {
		d.fault = fault(said)
	}
	return err
}
