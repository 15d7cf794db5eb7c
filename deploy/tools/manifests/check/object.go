package check

import (
	"bufio"
	"bytes"
	"io"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/yaml"
	sigsyaml "sigs.k8s.io/yaml"
)

// An object is one of a manifest.
type object struct {
	kind            schema.GroupVersionKind
	namespace, name string
	document        []byte
	content         runtime.Object // of the type in k8s.io/api, with defaults; nil for a custom resource and what cannot be decoded
}

func (o object) String() string { return o.kind.Kind + "/" + o.name }

// Documents splits a stream of YAML documents, and leaves out the empty ones.
func Documents(stream []byte) [][]byte {
	var all [][]byte
	reader := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(stream)))
	for {
		document, err := reader.Read()
		if err == io.EOF {
			return all
		}
		var content any // a document that is not YAML is not empty, and refused when it is decoded
		if sigsyaml.Unmarshal(document, &content) != nil || content != nil {
			all = append(all, document)
		}
	}
}

// add checks a document by itself, and adds its object to the set if it could be decoded.
func (s *set) add(document []byte) {
	var head struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
		Metadata   struct {
			Name      string `json:"name"`
			Namespace string `json:"namespace"`
		} `json:"metadata"`
	}
	headErr := sigsyaml.Unmarshal(document, &head)
	o := object{
		kind:      schema.FromAPIVersionAndKind(head.APIVersion, head.Kind),
		namespace: head.Metadata.Namespace, name: head.Metadata.Name, document: document,
	}
	if headErr != nil {
		s.faults = append(s.faults, Fault{o.String(), Kubernetes, headErr.Error()})
		return
	}
	for _, other := range s.objects {
		if other.kind.GroupKind() == o.kind.GroupKind() && other.name == o.name && other.namespace == o.namespace {
			s.refuse(o, "is in the manifest twice; the second replaces the first")
		}
	}
	switch {
	case strategies[o.kind.GroupKind()] != nil:
		var texts []string
		o.content, texts = create(document, o.kind)
		for _, text := range texts {
			s.faults = append(s.faults, Fault{o.String(), Kubernetes, text})
		}
	case s.excused(s.known.Kinds, o.kind.GroupKind().String()):
	default:
		s.refuse(o, "nothing checks the kind %s: add its strategy to kinds.go or, if it is a custom resource, its name to exceptions.yaml",
			o.kind.GroupKind())
		return
	}
	s.objects = append(s.objects, o)
}
