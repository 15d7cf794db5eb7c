//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"spanwise/tools/manifests/apiserver"
)

// rights gives the accounts of one kustomization their roles, and returns what each may do that not every account may: a row of
// the kustomization, the account, the right, and the namespace.
func rights(t *testing.T, server *apiserver.Server, kustomization string, documents [][]byte) [][]string {
	t.Helper()
	namespaces := []string{"default", "kube-system"}
	var accounts []string
	var access [][]byte
	for _, document := range documents {
		switch h := headOf(t, document); h.Kind {
		case "Namespace":
			namespaces = append(namespaces, h.Metadata.Name)
			accounts = append(accounts, h.Metadata.Name+":default") // of the pods that name no account
		case "ServiceAccount":
			accounts = append(accounts, h.Metadata.Namespace+":"+h.Metadata.Name)
			access = append(access, document)
		case "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding":
			access = append(access, document)
		}
	}
	if len(access) > 0 {
		objects := bytes.Join(access, []byte("\n---\n"))
		apply(t, server, objects)
		defer func() { // the next kustomization may give others
			if _, _, err := server.Kubectl(t.Context(), objects, "delete", "--wait=false", "-f", "-"); err != nil {
				t.Error(err)
			}
		}()
	}
	var rows [][]string
	for _, account := range accounts {
		for _, namespace := range namespaces {
			everyone := may(t, server, "default:nobody", namespace)
			for _, right := range may(t, server, account, namespace) {
				if !slices.Contains(everyone, right) {
					rows = append(rows, []string{kustomization, strings.Replace(account, ":", "/", 1), right, namespace})
				}
			}
		}
	}
	return rows
}

// may returns what the API server lets an account do in a namespace, as `kubectl auth can-i --list` does.
func may(t *testing.T, server *apiserver.Server, account, namespace string) []string {
	t.Helper()
	question := `{"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview", "spec": {"namespace": "` + namespace + `"}}`
	answer, _, err := server.Kubectl(t.Context(), []byte(question), "create", "-f", "-", "--as", "system:serviceaccount:"+account,
		"--raw", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews")
	if err != nil {
		t.Fatal(err)
	}
	var review struct {
		Status struct {
			Incomplete    bool
			ResourceRules []struct{ Verbs, APIGroups, Resources, ResourceNames []string }
			Others        []struct{ Verbs, NonResourceURLs []string } `json:"nonResourceRules"`
		}
	}
	if err := json.Unmarshal([]byte(answer), &review); err != nil || review.Status.Incomplete || len(review.Status.ResourceRules) == 0 {
		t.Fatalf("%s in %s: %v: %s", account, namespace, err, answer)
	}
	var all []string
	for _, rule := range review.Status.ResourceRules {
		for _, resource := range rule.Resources {
			for _, group := range rule.APIGroups {
				right := strings.Join(rule.Verbs, ", ") + " " + strings.TrimSuffix(resource+"."+group, ".")
				if len(rule.ResourceNames) > 0 {
					right += " named " + strings.Join(rule.ResourceNames, ", ")
				}
				all = append(all, right)
			}
		}
	}
	for _, rule := range review.Status.Others {
		all = append(all, strings.Join(rule.Verbs, ", ")+" "+strings.Join(rule.NonResourceURLs, ", "))
	}
	return all
}
