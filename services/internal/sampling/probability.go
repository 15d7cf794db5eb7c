package sampling

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Probability returns a sampler that keeps a share of the traces, and writes into the trace state of those which share it was: half of
// them is ot=th:8. Whoever counts spans later can so weigh them, and samplers with different shares agree, because a trace that one of
// them keeps is kept by all with a larger share. It follows OpenTelemetry's specification of consistent probability sampling:
// https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/
//
// The SDK's own TraceIDRatioBased writes nothing, as of version 1.47; its successor is in the experimental module
// go.opentelemetry.io/otel/sdk/trace/x.
func Probability(share float64) sdktrace.Sampler {
	threshold := thresholdOf(share)
	digits := strings.TrimRight(fmt.Sprintf("%0*x", randomDigits, threshold), "0")
	if threshold == 0 {
		digits = "0"
	}
	return probability{threshold: threshold, field: thresholdField + digits, description: fmt.Sprintf("Probability{%g}", share)}
}

const (
	randomDigits = 14                      // in hexadecimal, of the randomness of a trace
	randomValues = 1 << (4 * randomDigits) // how many there are

	vendor          = "ot"  // the member of the trace state that is OpenTelemetry's
	thresholdField  = "th:" // in it: the randomness below which traces are dropped
	randomnessField = "rv:" // in it: the randomness, if it is not the end of the trace id
)

// precision is how many digits of a threshold tell the share, after those that are f only because it is small. With four, the share is
// right to 1 in 4,000.
const precision = 4

// thresholdOf returns the randomness below which traces are dropped.
func thresholdOf(share float64) uint64 {
	threshold := randomValues - uint64(math.Round(share*randomValues))
	digits := min(randomDigits, precision+int(-math.Log2(share))/4)
	unit := uint64(1) << (4 * (randomDigits - digits))
	return (threshold + unit/2) / unit * unit
}

type probability struct {
	threshold   uint64
	field       string // of the trace state
	description string
}

func (p probability) Description() string { return p.description }

// ShouldSample keeps a span if the randomness of its trace is at least the threshold.
func (p probability) ShouldSample(s sdktrace.SamplingParameters) sdktrace.SamplingResult {
	state := trace.SpanContextFromContext(s.ParentContext).TraceState()
	fields := strings.FieldsFunc(state.Get(vendor), func(r rune) bool { return r == ';' })
	var kept []string // without a threshold, which was true of the caller's span
	random := binary.BigEndian.Uint64(s.TraceID[8:]) % randomValues
	for _, field := range fields {
		if explicit, ok := randomness(field); ok {
			random = explicit
		}
		if !strings.HasPrefix(field, thresholdField) {
			kept = append(kept, field)
		}
	}
	if random < p.threshold {
		return sdktrace.SamplingResult{Decision: sdktrace.Drop, Tracestate: with(state, kept)}
	}
	return sdktrace.SamplingResult{Decision: sdktrace.RecordAndSample, Tracestate: with(state, append([]string{p.field}, kept...))}
}

// randomness reads the field of the trace state that replaces the randomness of the trace id.
func randomness(field string) (uint64, bool) {
	digits, ok := strings.CutPrefix(field, randomnessField)
	if !ok || len(digits) != randomDigits {
		return 0, false
	}
	random, err := strconv.ParseUint(digits, 16, 64)
	return random, err == nil
}

// with returns the trace state with those fields of OpenTelemetry's. Without any, or if they are too long, it has none.
func with(state trace.TraceState, fields []string) trace.TraceState {
	if len(fields) > 0 {
		if next, err := state.Insert(vendor, strings.Join(fields, ";")); err == nil {
			return next
		}
	}
	return state.Delete(vendor)
}
