#!/usr/bin/env bash
# The first command on an ioredis connection has two spans, and the span of the connecting itself says nothing.
#
# ioredis queues a command that comes before its connection is ready, and passes it to sendCommand again afterwards. @opentelemetry/instrumentation-ioredis
# 0.72.0 wraps sendCommand, so one GET that Redis executed once has two overlapping spans with the same text: one is the wait for the connection, the other the
# call. Both are in the request that caused the connection, together with the client's own handshake. The `connect` span ends when connect() has returned its
# promise, so it takes a fraction of a millisecond with status UNSET, whether connecting takes 200 ms or is refused.
#
# Output with ioredis 6.0.0, Node.js 24.21.0, and SDK 3.1.1, through a proxy that takes 200 ms to pass on the first bytes:
#
#   GETs that Redis executed: 1
#   connect: 0.2 ms, UNSET
#   get a: 206.5 ms, UNSET
#   get a: 0.5 ms, UNSET
#   a port on which nobody listens: connect: 0.0 ms, UNSET; connect() rejected: Connection is closed.
set -euo pipefail
dir=$(mktemp -d)
redis=
trap '[ -z "$redis" ] || { kill "$redis"; wait "$redis" || true; }; rm -rf "$dir"' EXIT
cd "$dir"
command -v redis-server >/dev/null || { echo 'this needs a redis-server: apt-get install redis-server' >&2; exit 2; }
echo '{}' >package.json
npm install --loglevel error --no-audit --no-fund node@24.21.0 ioredis@6.0.0 @opentelemetry/api@1.10.0 @opentelemetry/sdk-trace@3.1.1 \
	@opentelemetry/context-async-hooks@3.1.1 @opentelemetry/instrumentation-ioredis@0.72.0 >npm.log 2>&1 || { cat npm.log; exit 2; }
redis-server --port 0 --unixsocket "$dir/redis.sock" --save '' --daemonize no >redis.log 2>&1 &
redis=$!
for _ in {1..100}; do [ -S redis.sock ] && break; sleep 0.1; done

cat >main.cjs <<'JS'
const { context, trace, SpanKind, SpanStatusCode } = require('@opentelemetry/api')
const { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } = require('@opentelemetry/sdk-trace')
const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks')
const { IORedisInstrumentation } = require('@opentelemetry/instrumentation-ioredis')
const assert = require('node:assert')
const net = require('node:net')

const exporter = new InMemorySpanExporter()
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }))
new IORedisInstrumentation()
const Redis = require('ioredis')

const request = (work) => trace.getTracer('requests').startActiveSpan('request', async (span) => {
  await work()
  span.end()
})
const ms = (s) => s.duration[0] * 1e3 + s.duration[1] / 1e6
const describe = (s) => `${s.attributes['db.query.text']}: ${ms(s).toFixed(1)} ms, ${SpanStatusCode[s.status.code]}`
const ended = (name) => exporter.getFinishedSpans().filter((s) => s.name === name)

async function main() {
  const control = new Redis({ path: 'redis.sock' })
  await control.config('RESETSTAT')
  const proxy = net.createServer((client) => {
    const upstream = net.connect('redis.sock')
    setTimeout(() => client.pipe(upstream).pipe(client), 200)
  }).listen(0, '127.0.0.1')
  await new Promise((listening) => proxy.once('listening', listening))
  const port = proxy.address().port

  const redis = new Redis({ port, host: '127.0.0.1', lazyConnect: true })
  await request(() => redis.get('a'))
  const [, executed] = (await control.info('commandstats')).match(/cmdstat_get:calls=(\d+)/)
  redis.disconnect()
  control.disconnect()
  proxy.close()
  const [connect, queued, sent] = [...ended('connect'), ...ended('get').sort((a, b) => ms(b) - ms(a))]
  console.log('GETs that Redis executed:', executed)
  for (const s of [connect, queued, sent]) console.log(describe(s))
  assert.equal(executed, '1')
  assert.equal(ended('get').length, 2)
  assert(ms(connect) < 100 && ms(queued) > 190 && ms(sent) < 100)
  assert.equal(queued.parentSpanContext.spanId, sent.parentSpanContext.spanId)

  exporter.reset()
  const nobody = new Redis({ port, host: '127.0.0.1', lazyConnect: true, retryStrategy: () => null })
  nobody.on('error', () => {})
  let reason
  await request(() => nobody.connect().catch((err) => { reason = err.message }))
  console.log(`a port on which nobody listens: ${describe(ended('connect')[0])}; connect() rejected: ${reason}`)
  assert(reason)
  assert.equal(ended('connect')[0].status.code, SpanStatusCode.UNSET)
}
main()
JS
node_modules/.bin/node main.cjs
