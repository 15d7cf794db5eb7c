// Package openapi checks the OpenAPI documents of the services, services/*/openapi.yaml, against the services themselves, and
// writes what is generated in them. There is nothing to call: go test does it.
package openapi
