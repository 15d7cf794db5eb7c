#!/usr/bin/env bash
# ioredis with enableAutoPipelining: the commands of all requests are in the trace of one of them.
#
# With this option, ioredis collects the commands of one turn of the event loop and sends them in a callback. The callback has the asynchronous context of
# whichever request came first, and only there do the commands pass the places where they are observed: @opentelemetry/instrumentation-ioredis 0.72.0 gives all
# their spans to that request's trace, and the diagnostics channel `ioredis:command`, which ioredis has of its own, reports the same context. The other requests
# seem never to use Redis. Without the option, each request has its own.
#
# Output with ioredis 6.0.0, Node.js 24.21.0, and SDK 3.1.1; 40 requests at once, each of which reads one key:
#
#   enableAutoPipelining false: 40 of 40 requests have their own GET; the first has 1 span of Redis; channel: 40 of 40
#   enableAutoPipelining true: 1 of 40 requests have their own GET; the first has 40 spans of Redis; channel: 1 of 40
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
const { context, trace, SpanKind } = require('@opentelemetry/api')
const { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } = require('@opentelemetry/sdk-trace')
const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks')
const { IORedisInstrumentation } = require('@opentelemetry/instrumentation-ioredis')
const assert = require('node:assert')
const { tracingChannel } = require('node:diagnostics_channel')

const exporter = new InMemorySpanExporter()
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }))
new IORedisInstrumentation()
const Redis = require('ioredis')

const channel = new Map() // the key of each GET, and the request in whose context the channel reported it
const noop = () => {}
tracingChannel('ioredis:command').subscribe({
  start: (m) => { if (m.command === 'get') channel.set(m.args[0], trace.getActiveSpan()?.name) }, end: noop, asyncStart: noop, asyncEnd: noop, error: noop,
})

async function measure(enableAutoPipelining) {
  const redis = new Redis({ path: 'redis.sock', enableAutoPipelining })
  await redis.ping()
  exporter.reset()
  channel.clear()
  const names = Array.from({ length: 40 }, (_, i) => `request ${i}`)
  await Promise.all(names.map((name) => trace.getTracer('requests').startActiveSpan(name, async (span) => {
    await redis.get(`key of ${name}`)
    span.end()
  })))
  redis.disconnect()

  const spans = exporter.getFinishedSpans()
  const requests = new Map(spans.filter((s) => s.kind === SpanKind.INTERNAL).map((s) => [s.spanContext().spanId, s.name]))
  const gets = spans.filter((s) => s.kind === SpanKind.CLIENT).map((s) => [s.attributes['db.query.text'], requests.get(s.parentSpanContext.spanId)])
  const own = gets.filter(([query, name]) => query === `get key of ${name}`).length
  const first = gets.filter(([, name]) => name === 'request 0').length
  const reported = [...channel].filter(([key, name]) => key === `key of ${name}`).length
  console.log(`enableAutoPipelining ${enableAutoPipelining}: ${own} of 40 requests have their own GET; the first has ${first} span${first > 1 ? 's' : ''} of Redis; channel: ${reported} of 40`)
  assert.equal(gets.length, 40)
  return [own, first, reported]
}

async function main() {
  assert.deepEqual(await measure(false), [40, 1, 40])
  assert.deepEqual(await measure(true), [1, 40, 1])
}
main()
JS
node_modules/.bin/node main.cjs
