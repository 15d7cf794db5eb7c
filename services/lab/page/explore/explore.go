// Package explore finds traces in Jaeger and in files, and prepares them for a browser: short for a list, whole for the viewer.
// Begin with [New].
package explore

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"spanwise/doctor"
	"spanwise/doctor/read"
	"spanwise/doctor/report"
	"spanwise/doctor/trace"
	"spanwise/lab/logs"
)

// An Explorer reads the traces of one Jaeger, and keeps those of files. It is safe for concurrent use.
type Explorer struct {
	jaeger *read.Client
	logs   *logs.Store
	hue    func(service string) int
	seen   *recent[Summary] // by id and number of spans
	views  *recent[*View]
	files  *recent[*File]
}

// How much is kept, in bytes. A summary takes about 500.
const (
	keptSummaries = 1 << 20
	keptViews     = 4 << 20
	keptFiles     = 24 << 20
)

// New returns an explorer of the Jaeger at an address. Log lines are shown with their traces; hue is the number of a service's colour.
func New(jaeger string, lines *logs.Store, hue func(service string) int) *Explorer {
	return &Explorer{
		jaeger: read.Jaeger(jaeger, &http.Client{Timeout: 30 * time.Second}), logs: lines, hue: hue,
		seen: newRecent[Summary](keptSummaries), views: newRecent[*View](keptViews), files: newRecent[*File](keptFiles),
	}
}

// A View is a trace that is ready to be shown. Both texts are compressed with gzip, because few are asked for twice.
type View struct {
	Summary
	Words   report.Words
	made    time.Time
	data    []byte
	section []byte
	texts   int // bytes of the section, which has all words
}

// Data is the trace as JSON for viewer.js, compressed with gzip.
func (v *View) Data() []byte { return v.data }

// Section is the doctor's section on the trace, as HTML.
func (v *View) Section() ([]byte, error) { return Unzip(v.section) }

// newView diagnoses nothing: it takes the report that comes with the trace.
func newView(c report.Case, lines []logs.Line, hue func(service string) int) (*View, error) {
	v := &View{Summary: summarize(c, hue), Words: report.WordsOf(c), made: time.Now()}
	text, err := json.Marshal(newDocument(c, v.Words, lines, hue))
	if err != nil {
		return nil, err
	}
	var section bytes.Buffer
	if err := report.Section(&section, c, report.Frame{Hue: hue, Rule: "/explain/"}); err != nil {
		return nil, err
	}
	v.data, v.section, v.texts = zip(text), zip(section.Bytes()), section.Len()
	return v, nil
}

func (v *View) size() int { return len(v.data) + len(v.section) + v.texts + 1024 }

// fresh is for how long the data of a page is that of the page. After that the trace is read again, because it may have grown.
const fresh = 30 * time.Second

// arrival is for how long a trace may be on its way to Jaeger. Usually it takes half a second.
const arrival = time.Second

// Open reads a trace from Jaeger and diagnoses it. One that Jaeger does not have yet may be on its way.
func (e *Explorer) Open(ctx context.Context, id string) (*View, error) {
	t, err := e.jaeger.Trace(ctx, id)
	for tick, looks := time.Tick(arrival/10), 0; errors.Is(err, read.ErrUnknown) && looks < 10; looks++ {
		select {
		case <-tick:
			t, err = e.jaeger.Trace(ctx, id)
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	if err != nil {
		return nil, e.explain(err)
	}
	v, err := newView(report.Case{Trace: t, Report: doctor.Diagnose(t)}, e.logs.Of(t.ID), e.hue)
	if err != nil {
		return nil, fmt.Errorf("prepare trace %s: %w", id, err)
	}
	e.views.put(id, v, v.size())
	return v, nil
}

// Opened returns a trace as it was when its page was made.
func (e *Explorer) Opened(ctx context.Context, id string) (*View, error) {
	if v, ok := e.views.get(id); ok && time.Since(v.made) < fresh {
		return v, nil
	}
	return e.Open(ctx, id)
}

func zip(text []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed) // fails on unknown levels only
	_, _ = w.Write(text)                            // to memory, which cannot fail
	_ = w.Close()
	return b.Bytes()
}

// Unzip undoes the compression of [View.Data].
func Unzip(data []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	_, err = b.ReadFrom(r)
	return b.Bytes(), err
}

// errorsOf counts the spans that failed.
func errorsOf(t *trace.Trace) (n int) {
	for _, s := range t.Spans {
		if s.Error {
			n++
		}
	}
	return n
}
