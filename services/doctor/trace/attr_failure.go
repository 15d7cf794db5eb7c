package trace

// What attributes state about a failure, in addition to its type, its code and its status.
var (
	// ErrorText holds a message in words, where it is neither the status nor an event: in OpenTelemetry's JavaScript instrumentations of gRPC
	// (grpc.error_message, 0.223) and of HTTP (http.error_message, up to 0.220), and in Datadog's tracers (error.message; formerly error.msg).
	ErrorText = meaning("grpc.error_message", "http.error_message", "error.message", "error.msg")

	// ProxyFlags is Envoy's own diagnosis of a request; see package call. ProxyUpstream is the cluster that the request was for. Envoy names
	// these tags in source/common/tracing.
	ProxyFlags    = meaning("response_flags")
	ProxyUpstream = meaning("upstream_cluster.name", "upstream_cluster")
)
