package check

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/apiserver/pkg/warning"
	"k8s.io/component-base/version"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/core"
)

// hub is the version of every kind that the rules are written for.
const hub = runtime.APIVersionInternal

// create does what the API server does when it creates an object, short of storing it: it decodes the document strictly, fills
// in the defaults, converts it to the internal version, and applies the kind's strategy. It returns the object with its defaults,
// or nil, and what the server would refuse or warn of.
func create(document []byte, kind schema.GroupVersionKind) (runtime.Object, []string) {
	scheme := legacyscheme.Scheme
	decoder := json.NewSerializerWithOptions(json.DefaultMetaFactory, scheme, scheme, json.SerializerOptions{Yaml: true, Strict: true})
	content, _, err := decoder.Decode(document, nil, nil)
	if runtime.IsNotRegisteredError(err) {
		return nil, []string{fmt.Sprintf("there is no version %s of this kind", kind.GroupVersion())}
	}
	if strict, ok := runtime.AsStrictDecodingError(err); ok {
		return nil, texts(strict.Errors())
	}
	if err != nil {
		return nil, []string{advise(err.Error())}
	}
	if text := unserved(content, kind); text != "" {
		return nil, []string{text}
	}
	scheme.Default(content)
	internal, err := scheme.ConvertToVersion(content.DeepCopyObject(), schema.GroupVersion{Group: kind.Group, Version: hub})
	if err != nil {
		return nil, []string{err.Error()}
	}
	object, err := meta.Accessor(internal)
	if err != nil {
		return nil, []string{err.Error()}
	}
	var warnings warnings
	ctx := warning.WithWarningRecorder(context.Background(), &warnings)
	ctx = request.WithRequestInfo(ctx, &request.RequestInfo{
		IsResourceRequest: true, Verb: "create", APIGroup: kind.Group, APIVersion: kind.Version,
	})
	strategy := strategies[kind.GroupKind()]
	if strategy.NamespaceScoped() && object.GetNamespace() == "" {
		object.SetNamespace("default")
	}
	ctx = request.WithNamespace(ctx, object.GetNamespace())
	if s, ok := internal.(*core.Service); ok && s.Spec.ClusterIP != "" && s.Spec.ClusterIPs == nil {
		s.Spec.ClusterIPs = []string{s.Spec.ClusterIP} // as the server does before it applies the strategy
	}
	rest.FillObjectMetaSystemFields(object)
	return content, append(causes(rest.BeforeCreate(strategy, ctx, internal)), warnings...)
}

// advise adds to an error of the decoder what a person would do next.
func advise(text string) string {
	switch {
	case strings.Contains(text, "cannot unmarshal number into") || strings.Contains(text, "cannot unmarshal bool into"):
		return text + ": put the value in quotes"
	case strings.Contains(text, "quantities must match"):
		return "an amount of memory, CPU or storage is not a number with a unit such as 100m, 64Mi or 2: " + text
	}
	return text
}

// stable are the versions that an API server serves unless its flags say otherwise.
var stable = regexp.MustCompile(`^v[0-9]+$`)

// unserved says why the API server does not serve a version that can still be decoded. The types of a version that is going to be
// removed know by which release.
func unserved(content runtime.Object, kind schema.GroupVersionKind) string {
	if stable.MatchString(kind.Version) {
		return ""
	}
	if going, ok := content.(interface {
		APILifecycleRemoved() (major, minor int)
		APILifecycleReplacement() schema.GroupVersionKind
	}); ok {
		major, minor := going.APILifecycleRemoved()
		return fmt.Sprintf("%s is not served: Kubernetes %d.%d removes it (the rules here are those of %s): use %s", kind.GroupVersion(),
			major, minor, version.DefaultKubeBinaryVersion, going.APILifecycleReplacement().GroupVersion())
	}
	return fmt.Sprintf("%s is not served unless the API server is told to: use a stable version", kind.GroupVersion())
}

// causes returns every reason that the API server gives for refusing an object.
func causes(err error) []string {
	var status *apierrors.StatusError
	if !errors.As(err, &status) || status.ErrStatus.Details == nil || len(status.ErrStatus.Details.Causes) == 0 {
		return texts([]error{err})
	}
	var all []string
	for _, cause := range status.ErrStatus.Details.Causes {
		all = append(all, cause.Field+": "+cause.Message)
	}
	return all
}

func texts(errs []error) []string {
	var all []string
	for _, err := range errs {
		if err != nil {
			all = append(all, err.Error())
		}
	}
	return all
}

// warnings collects what the API server accepts with a warning.
type warnings []string

func (w *warnings) AddWarning(_, text string) { *w = append(*w, text) }
