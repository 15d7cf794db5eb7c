package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"testing"
)

// A remark is something that kube-score would do differently.
type remark struct{ check, says, object, in string }

// passed is the grade at which kube-score has no remark: 1 is critical, 5 a warning.
const passed = 10

// score asks kube-score about the objects of one kustomization. It is a program of its own module, because it does not compile
// with the version of Kubernetes that is used here.
func score(t *testing.T, in string, objects []byte) []remark {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", "tool", "kube-score", "score", "--kubernetes-version=v1.35", "--output-format=json", "-")
	command.Dir = "../kube-score"
	command.Env = append(os.Environ(), "GOWORK=off")
	command.Stdin = bytes.NewReader(objects)
	output, err := command.Output() // its status is 1 if there are critical remarks
	var about []struct {
		Type struct {
			Kind string `json:"kind"`
		} `json:"type_meta"`
		Object struct {
			Name string `json:"name"`
		} `json:"object_meta"`
		Checks []struct {
			Check    struct{ ID string }
			Grade    int
			Skipped  bool
			Comments []struct{ Summary string }
		}
	}
	if decodeErr := json.Unmarshal(output, &about); decodeErr != nil || len(about) == 0 {
		t.Fatalf("kube-score about %s: %v, %v", in, err, decodeErr)
	}
	var all []remark
	for _, o := range about {
		for _, c := range o.Checks {
			if c.Skipped || c.Grade >= passed {
				continue
			}
			for _, comment := range c.Comments {
				all = append(all, remark{c.Check.ID, comment.Summary, o.Type.Kind + "/" + o.Object.Name, in})
			}
		}
	}
	return all
}

// excuses reports whether the exception accepts a remark.
func (e scoreExcuse) excuses(r remark) bool {
	return e.Check == r.check && e.Says == r.says && (len(e.In) == 0 || slices.Contains(e.In, r.in)) &&
		(slices.Contains(e.Objects, "*") || slices.Contains(e.Objects, r.object))
}

// Every remark of kube-score is an exception with a reason. Everything that an exception names still occurs.
func TestScore(t *testing.T) {
	var remarks []remark
	for name, objects := range rendered(t) {
		remarks = append(remarks, score(t, name, objects)...)
	}
	exceptions := known(t).Score
	for _, r := range remarks {
		if !slices.ContainsFunc(exceptions, func(e scoreExcuse) bool { return e.excuses(r) }) {
			t.Errorf("%s: %s: %s (%s)", r.in, r.object, r.says, r.check)
		}
	}
	for _, e := range exceptions {
		if e.Reason == "" {
			t.Errorf("the exception %s %q has no reason", e.Check, e.Says)
		}
		for _, unused := range e.unused(remarks) {
			t.Errorf("the exception %s %q is not needed any more for %s: remove it", e.Check, e.Says, unused)
		}
	}
}

// unused returns the objects and kustomizations of an exception that no remark is about.
func (e scoreExcuse) unused(remarks []remark) []string {
	var left []string
	for _, object := range e.Objects {
		one := e
		one.Objects = []string{object}
		if !slices.ContainsFunc(remarks, one.excuses) {
			left = append(left, object)
		}
	}
	for _, in := range e.In {
		one := e
		one.In = []string{in}
		if !slices.ContainsFunc(remarks, one.excuses) {
			left = append(left, fmt.Sprintf("anything in %s", in))
		}
	}
	return left
}
