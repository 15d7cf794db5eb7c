// Package check finds what is wrong with Kubernetes manifests, without a cluster: it decodes every object as the API server does
// and applies the rules with which the API server would create it, and then looks for what no server refuses although it cannot
// work, such as a Service that selects no pod. Call [Render] for the objects of a kustomization, and [All] for their faults.
package check

import (
	"cmp"
	"fmt"
	"slices"
)

// A Fault is something that is wrong with an object.
type Fault struct {
	Object string // its kind and name, as "Deployment/order"
	Rule   Rule
	Text   string // what is wrong and, where it is not obvious, what to do
}

func (f Fault) String() string { return f.Object + ": " + f.Text }

// A Rule says who has found a fault.
type Rule string

const (
	Kubernetes Rule = "Kubernetes' own rules" // the code of the API server
	Ours       Rule = "our checks"
)

// Known is what a person has looked at: objects that cannot be checked, or that are created outside the manifests.
type Known struct {
	Kinds   []Excuse `json:"kinds"`   // custom resources, as "Cluster.postgresql.cnpg.io", whose content is not checked
	Outside []Excuse `json:"outside"` // objects that something else creates, as "Secret/database"
}

// An Excuse names one of them, and why it is right.
type Excuse struct {
	Name   string   `json:"name"`
	In     []string `json:"in"` // the kustomizations that need it, as "overlays/kafka"; all if empty
	Reason string   `json:"reason"`
}

// For returns what is known about one kustomization.
func (k Known) For(kustomization string) Known {
	elsewhere := func(e Excuse) bool { return len(e.In) > 0 && !slices.Contains(e.In, kustomization) }
	return Known{slices.DeleteFunc(slices.Clone(k.Kinds), elsewhere), slices.DeleteFunc(slices.Clone(k.Outside), elsewhere)}
}

// All returns the faults of objects, which are a stream of YAML documents, and the names in known that it came across.
func All(stream []byte, known Known) (faults []Fault, met []string) {
	s := newSet(stream, known)
	for _, o := range s.objects {
		s.checkNamespace(o)
		s.checkPod(o)
		s.checkSelectors(o)
		s.checkScaling(o)
		s.checkPolicy(o)
		s.checkArrows(o)
		s.checkRoles(o)
	}
	slices.SortStableFunc(s.faults, func(a, b Fault) int { return cmp.Compare(a.String(), b.String()) })
	for name := range s.met {
		met = append(met, name)
	}
	slices.Sort(met)
	return slices.Compact(s.faults), met
}

// A set is all objects of a manifest, and what was found wrong with them.
type set struct {
	objects []object
	known   Known
	met     map[string]bool
	faults  []Fault
}

func newSet(stream []byte, known Known) *set {
	s := &set{known: known, met: map[string]bool{}}
	for _, document := range Documents(stream) {
		s.add(document)
	}
	return s
}

// refuse records that one of our checks has found something.
func (s *set) refuse(o object, format string, args ...any) {
	s.faults = append(s.faults, Fault{o.String(), Ours, fmt.Sprintf(format, args...)})
}

// find returns the object of a kind and name in the namespace of another.
func (s *set) find(near object, kind, name string) (object, bool) {
	i := slices.IndexFunc(s.objects, func(o object) bool {
		return o.kind.Kind == kind && o.name == name && (o.namespace == near.namespace || !namespaced(o.kind.GroupKind()))
	})
	if i < 0 {
		return object{}, false
	}
	return s.objects[i], true
}

// checkNamespace finds objects in a namespace that the manifest does not create, though it creates others.
func (s *set) checkNamespace(o object) {
	if o.namespace == "" || !slices.ContainsFunc(s.objects, func(other object) bool { return other.kind.Kind == "Namespace" }) {
		return
	}
	s.need(o, "Namespace", o.namespace)
}

// exists reports whether an object is in the set, or known to be created outside it.
func (s *set) exists(near object, kind, name string) bool {
	_, ok := s.find(near, kind, name)
	return ok || s.excused(s.known.Outside, kind+"/"+name)
}

func (s *set) excused(list []Excuse, name string) bool {
	if !slices.ContainsFunc(list, func(e Excuse) bool { return e.Name == name }) {
		return false
	}
	s.met[name] = true
	return true
}
