package check

import (
	rbacv1 "k8s.io/api/rbac/v1"
)

// checkRoles finds bindings that give nothing to anyone. The API server accepts them.
func (s *set) checkRoles(o object) {
	switch content := o.content.(type) {
	case *rbacv1.RoleBinding:
		s.checkBinding(o, content.RoleRef, content.Subjects)
	case *rbacv1.ClusterRoleBinding:
		s.checkBinding(o, content.RoleRef, content.Subjects)
	}
}

func (s *set) checkBinding(o object, role rbacv1.RoleRef, subjects []rbacv1.Subject) {
	s.need(o, role.Kind, role.Name)
	for _, subject := range subjects {
		if subject.Kind == rbacv1.ServiceAccountKind {
			s.need(object{kind: o.kind, namespace: subject.Namespace, name: o.name}, subject.Kind, subject.Name)
		}
	}
}
