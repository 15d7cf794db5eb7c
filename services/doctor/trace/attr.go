package trace

// A Meaning is one thing that attributes say under names that changed over the years, newest first.
//
// The names are those of the OpenTelemetry semantic conventions v1.43.0, then what older conventions, Jaeger's,
// Zipkin's and well-known agents' clients wrote for the same.
type Meaning struct {
	names []string
	bit   uint64 // in Span.told
}

// meant finds the meanings of a name, as bits.
var meant = map[string]uint64{}

// meaning makes the meaning that has these names; there can be 63.
func meaning(names ...string) Meaning {
	meanings++
	m := Meaning{names, 1 << meanings}
	for _, name := range names {
		meant[name] |= m.bit
	}
	return m
}

var meanings int

// The meanings the doctor knows.
var (
	HTTPMethod = meaning("http.request.method", "http.method")
	HTTPStatus = meaning("http.response.status_code", "http.status_code")
	HTTPRoute  = meaning("http.route")
	URLFull    = meaning("url.full", "http.url", "http.uri")
	URLPath    = meaning("url.path", "http.target", "http.path")
	URLQuery   = meaning("url.query")
	URLPattern = meaning("url.template")
	Resend     = meaning("http.request.resend_count", "http.resend_count", "http.retry_count")
	BodySize   = meaning("http.response.body.size", "http.response_content_length", "http.response.size")

	PeerService = meaning("service.peer.name", "peer.service")
	PeerAddress = meaning("server.address", "net.peer.name", "http.host", "peer.hostname", "network.peer.address",
		"net.sock.peer.addr", "net.peer.ip", "peer.address")
	PeerPort = meaning("server.port", "net.peer.port", "network.peer.port", "net.sock.peer.port", "peer.port")

	DBSystem     = meaning("db.system.name", "db.system", "db.type")
	DBNamespace  = meaning("db.namespace", "db.name", "db.instance")
	DBCollection = meaning("db.collection.name", "db.sql.table", "db.mongodb.collection", "db.cassandra.table", "aws.dynamodb.table_names",
		"db.elasticsearch.path_parts.index")
	DBOperation = meaning("db.operation.name", "db.operation")
	DBText      = meaning("db.query.text", "db.statement", "sql.query", "cassandra.query")
	DBSummary   = meaning("db.query.summary")
	DBBatch     = meaning("db.operation.batch.size")
	DBRows      = meaning("db.response.returned_rows")
	DBStatus    = meaning("db.response.status_code")
	DBPool      = meaning("db.client.connection.pool.name", "db.client.connections.pool.name", "pool.name")

	RPCSystem  = meaning("rpc.system.name", "rpc.system")
	RPCService = meaning("rpc.service")
	RPCMethod  = meaning("rpc.method")
	RPCStatus  = meaning("rpc.response.status_code", "rpc.grpc.status_code", "grpc.status_code", "grpc.status")

	GraphQLName = meaning("graphql.operation.name")
	GraphQLType = meaning("graphql.operation.type")

	Destination    = meaning("messaging.destination.name", "messaging.destination")
	MessagingSort  = meaning("messaging.operation.type", "messaging.operation")
	MessagingBatch = meaning("messaging.batch.message_count")

	ContentType = meaning("http.response.header.content-type", "http.response.header.content_type", "http.response.content_type")
	ColdStart   = meaning("faas.coldstart")

	ErrorType  = meaning("error.type", "exception.type")
	StatusText = meaning("otel.status_description", "exception.message")
)

// listened marks a span whose attributes were looked through.
const listened = 1

// listen notes which meanings the span's attributes have, since most are asked for in vain.
func (s *Span) listen() {
	s.told = listened
	for name := range s.Attrs {
		s.told |= meant[name]
	}
}

// Get is the span's value for m, or "" when it has none under any of its names.
func (s *Span) Get(m Meaning) string {
	if s.told != 0 && s.told&m.bit == 0 {
		return ""
	}
	for _, name := range m.names {
		if v := s.Attrs[name]; v != "" {
			return v
		}
	}
	return ""
}

// Is reports whether two meanings are the same.
func (m Meaning) Is(other Meaning) bool { return m.bit == other.bit }
