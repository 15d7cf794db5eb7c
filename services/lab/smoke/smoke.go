// Package smoke checks a running system from the outside: that the spans of requests arrive in Jaeger exactly as in order's
// golden files, and that the doctor diagnoses a few scenarios correctly. Call [System.Check].
package smoke

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"spanwise/doctor/trace"
	"spanwise/lab/jaeger"
	"spanwise/lab/play"
	"spanwise/lab/scenario"
)

const (
	// runs is how often a request of a scenario is made. The run of median duration is judged.
	runs = 3
	// tries is how often a scenario may be played. On a busy machine a trace can be slow for reasons of its own, which the doctor
	// then reports, and so can the requests beside it. lab score counts how often it is right; here the question is whether the
	// system works.
	tries = 3
	// others is the number of requests at the same time as a slow one: enough for the doctor to know the usual duration.
	others = 12
)

// goldens are the requests whose spans are compared: fast, slow, failing and writing.
var goldens = []string{"healthy", "each", "fail-status", "placed"}

// scenarios are diagnosed. One trace is enough evidence for each of them.
var scenarios = []string{"n-plus-one-http", "serial-calls", "masked-error", "healthy-cancel"}

// A System is what to check.
type System struct {
	Shop   play.Client
	Traces *jaeger.Reader // without the truth: see spanwise/lab/blind
	Root   string         // the source tree, for the golden files
	Log    string         // the file that the services log to; "" if there is none to read
}

// A Report is called with the name of each check and its error, nil if the check passed.
type Report func(name string, err error)

// Check makes requests, reads their traces and reports every check. It returns an error if the system does not answer.
func (s System) Check(ctx context.Context, report Report) error {
	if err := s.Shop.Ready(ctx); err != nil {
		return err
	}
	for _, name := range goldens {
		if err := s.replay(ctx, name, report); err != nil {
			return err
		}
	}
	for _, id := range scenarios {
		if err := s.diagnose(ctx, id, report); err != nil {
			return err
		}
	}
	return s.isolate(ctx, report)
}

// replay makes the request of a golden file and compares its trace with the file.
func (s System) replay(ctx context.Context, name string, report Report) error {
	want, err := Load(s.Root, name)
	if err != nil {
		return err
	}
	answer, err := s.Shop.DoTraced(ctx, want.Request)
	if err != nil {
		return err
	}
	waiting, cancel := context.WithTimeout(ctx, s.Traces.Patience())
	defer cancel()
	t, err := s.Traces.Await(waiting, answer.TraceID, want.Matches)
	if t == nil {
		report(name+": the trace is in Jaeger", err)
		return nil
	}
	if !want.Matches(t) {
		err = want.Mismatch(t)
	}
	report(fmt.Sprintf("%s: all %d spans are in Jaeger, with the services and parents of the golden file", name, want.Spans()), err)
	report(name+": the trace needed no repair, and the services' clocks agree", intact(t))
	if s.Log != "" && want.Request.Status >= 500 {
		report(name+": the error is logged with the trace's id", s.logged(t.ID))
	}
	if name == "placed" { // leaves a system in use as it was
		_, err = s.Shop.Do(ctx, scenario.Request{Method: "POST", Path: answer.Location + "/cancel"})
		return err
	}
	return nil
}

func intact(t *trace.Trace) error {
	var errs []error
	for _, note := range t.Notes {
		errs = append(errs, errors.New(note))
	}
	for _, skew := range t.Skews {
		errs = append(errs, fmt.Errorf("clock skew: %+v", skew))
	}
	return errors.Join(errs...)
}

func (s System) logged(traceID string) error {
	text, err := os.ReadFile(s.Log)
	if err == nil && !strings.Contains(string(text), "trace_id="+traceID) {
		err = fmt.Errorf("%s has no line with trace_id=%s", s.Log, traceID)
	}
	return err
}

// diagnose plays each request of a scenario and judges the doctor's diagnosis.
func (s System) diagnose(ctx context.Context, id string, report Report) error {
	sc, err := scenario.Find(id)
	if err != nil {
		return err
	}
	for _, v := range sc.Variants() {
		var wrong error
		for range tries {
			t, err := s.Shop.Median(ctx, s.Traces, sc, v.Request, runs)
			if err != nil {
				return err
			}
			if wrong = judge(v.Want, t, nil); wrong == nil {
				break
			}
		}
		report(fmt.Sprintf("%s, %s: the doctor finds %s", id, v.Name, v.Want), wrong)
	}
	return nil
}

// judge compares the doctor's diagnosis of a trace with what it should be. The doctor gets the other traces only if it asks for them.
func judge(want scenario.Diagnosis, t *trace.Trace, evidence []*trace.Trace) error {
	answer := scenario.Ask([]*trace.Trace{t}, func() []*trace.Trace { return evidence })[0]
	if j := want.Judge(answer); !j.Right || !j.PlaceRight {
		return fmt.Errorf("trace %s: the first finding is %q, it lacks %q, false positives are %v", t.ID, j.Found, j.Unsaid, j.FalseAlarms)
	}
	return nil
}

// isolate slows one request down, and checks that the doctor finds it and that requests at the same time are not slowed down.
func (s System) isolate(ctx context.Context, report Report) error {
	sc, err := scenario.Find("slow-dependency")
	if err != nil {
		return err
	}
	var wrong, slowed error
	for range tries {
		own, ids, err := s.Shop.PlayWith(ctx, sc, sc.Slow, slices.Repeat([]scenario.Request{sc.Baseline().Request}, others)...)
		if err != nil {
			return err
		}
		traces, err := play.Read(ctx, s.Traces, append(own, ids...))
		if err != nil {
			return err
		}
		slow, usual := traces[0], traces[1:]
		wrong, slowed = judge(sc.Want, slow, usual), nil
		slowest := scenario.Played{Own: usual}.Slowest()
		if took := scenario.Duration(slowest); took >= sc.Effect.AtPlaces {
			slowed = fmt.Errorf("trace %s took %v", slowest.ID, took)
		}
		if wrong == nil && slowed == nil {
			break
		}
	}
	report(fmt.Sprintf("%s, slow: the doctor finds %s", sc.ID, sc.Want), wrong)
	report(fmt.Sprintf("%s: %d other requests at the same time take less than the delay", sc.ID, others), slowed)
	return nil
}
