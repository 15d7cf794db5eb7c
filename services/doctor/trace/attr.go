package trace

// A Meaning is one thing that attributes say under names that changed over the years, newest first.
//
// The names are those of the OpenTelemetry semantic conventions v1.43.0, then what older conventions, Jaeger's,
// Zipkin's and well-known agents' clients wrote for the same.
type Meaning []string

// The meanings the doctor knows.
var (
	HTTPMethod = Meaning{"http.request.method", "http.method"}
	HTTPStatus = Meaning{"http.response.status_code", "http.status_code"}
	HTTPRoute  = Meaning{"http.route"}
	URLFull    = Meaning{"url.full", "http.url", "http.uri"}
	URLPath    = Meaning{"url.path", "http.target", "http.path"}
	URLQuery   = Meaning{"url.query"}
	URLPattern = Meaning{"url.template"}
	Resend     = Meaning{"http.request.resend_count", "http.resend_count", "http.retry_count"}
	BodySize   = Meaning{"http.response.body.size", "http.response_content_length", "http.response.size"}

	PeerService = Meaning{"service.peer.name", "peer.service"}
	PeerAddress = Meaning{"server.address", "net.peer.name", "http.host", "peer.hostname", "network.peer.address",
		"net.sock.peer.addr", "net.peer.ip", "peer.address"}
	PeerPort = Meaning{"server.port", "net.peer.port", "network.peer.port", "net.sock.peer.port", "peer.port"}

	DBSystem     = Meaning{"db.system.name", "db.system", "db.type"}
	DBNamespace  = Meaning{"db.namespace", "db.name", "db.instance"}
	DBCollection = Meaning{"db.collection.name", "db.sql.table", "db.mongodb.collection", "db.cassandra.table", "aws.dynamodb.table_names",
		"db.elasticsearch.path_parts.index"}
	DBOperation = Meaning{"db.operation.name", "db.operation"}
	DBText      = Meaning{"db.query.text", "db.statement", "sql.query", "cassandra.query"}
	DBSummary   = Meaning{"db.query.summary"}
	DBBatch     = Meaning{"db.operation.batch.size"}
	DBRows      = Meaning{"db.response.returned_rows"}
	DBStatus    = Meaning{"db.response.status_code"}
	DBPool      = Meaning{"db.client.connection.pool.name", "db.client.connections.pool.name", "pool.name"}

	RPCSystem  = Meaning{"rpc.system.name", "rpc.system"}
	RPCService = Meaning{"rpc.service"}
	RPCMethod  = Meaning{"rpc.method"}
	RPCStatus  = Meaning{"rpc.response.status_code", "rpc.grpc.status_code", "grpc.status_code", "grpc.status"}

	GraphQLName = Meaning{"graphql.operation.name"}
	GraphQLType = Meaning{"graphql.operation.type"}

	Destination    = Meaning{"messaging.destination.name", "messaging.destination"}
	MessagingSort  = Meaning{"messaging.operation.type", "messaging.operation"}
	MessagingBatch = Meaning{"messaging.batch.message_count"}

	ErrorType  = Meaning{"error.type", "exception.type"}
	StatusText = Meaning{"otel.status_description", "exception.message"}
)

// Get is the span's value for m, or "" when it has none under any of its names.
func (s *Span) Get(m Meaning) string {
	if len(s.Attrs) == 0 {
		return ""
	}
	for _, name := range m {
		if v, ok := s.Attrs[name]; ok && v != "" {
			return v
		}
	}
	return ""
}
