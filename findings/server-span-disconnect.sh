#!/usr/bin/env bash
# A request that was never answered has a server span with status 200.
#
# @opentelemetry/instrumentation-http 0.301.0 ends a server span when the client disconnects. Node.js initialises `res.statusCode` to 200, and the span gets
# that value although the handler never wrote a header: it reads as a successful request that took exactly as long as the client had patience. The handler does
# not learn of it and goes on, so its own spans end, and even start, after the span of the request that they belong to.
#
# Output with Node.js 24.21.0 and SDK 3.1.1; the client gives up after 100 ms, the handler answers after 400 ms:
#
#   span          start    end  (ms)
#   GET              0     96   http.response.status_code=200, status UNSET
#     first          0    301
#     second       302    403
#   response headers sent when the server span ended: false
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{}' >package.json
npm install --loglevel error --no-audit --no-fund node@24.21.0 @opentelemetry/api@1.10.0 @opentelemetry/sdk-trace@3.1.1 \
	@opentelemetry/context-async-hooks@3.1.1 @opentelemetry/instrumentation-http@0.301.0 >npm.log 2>&1 || { cat npm.log; exit 2; }

cat >main.cjs <<'JS'
const { context, trace, SpanKind, SpanStatusCode } = require('@opentelemetry/api')
const { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } = require('@opentelemetry/sdk-trace')
const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks')
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http')
const assert = require('node:assert')
const net = require('node:net')
const { setTimeout: sleep } = require('node:timers/promises')

let response, sent
const exporter = new InMemorySpanExporter()
const note = { onStart() {}, onEnd: (s) => { if (s.kind === SpanKind.SERVER) sent = response.headersSent }, forceFlush: async () => {}, shutdown: async () => {} }
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter }), note] }))
new HttpInstrumentation()
const step = (name, ms) => trace.getTracer('handler').startActiveSpan(name, async (span) => {
  await sleep(ms)
  span.end()
})

async function main() {
  let handled
  const done = new Promise((resolve) => { handled = resolve })
  const server = require('node:http').createServer(async (req, res) => {
    response = res
    await step('first', 300)
    await step('second', 100)
    res.end('done')
    handled()
  }).listen(0, '127.0.0.1')
  await new Promise((listening) => server.once('listening', listening))
  const client = net.connect(server.address().port, '127.0.0.1')
  client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await sleep(100)
  client.destroy()
  await done
  server.close()

  const ms = (t) => t[0] * 1e3 + t[1] / 1e6
  const spans = Object.fromEntries(exporter.getFinishedSpans().map((s) => [s.name, s]))
  const { GET, first, second } = spans
  const rel = (t) => Math.round(ms(t) - ms(GET.startTime)).toString().padStart(7)
  console.log('span          start    end  (ms)')
  for (const [label, s] of [['GET       ', GET], ['  first   ', first], ['  second  ', second]]) {
    const more = s === GET ? `   http.response.status_code=${s.attributes['http.response.status_code']}, status ${SpanStatusCode[s.status.code]}` : ''
    console.log(label + rel(s.startTime) + rel(s.endTime) + more)
  }
  console.log('response headers sent when the server span ended:', sent)
  assert.equal(GET.attributes['http.response.status_code'], 200)
  assert.equal(GET.status.code, SpanStatusCode.UNSET)
  assert.equal(sent, false)
  assert(ms(first.endTime) > ms(GET.endTime) + 100)
  assert(ms(second.startTime) > ms(GET.endTime) + 100)
  for (const s of [first, second]) assert.equal(s.parentSpanContext.spanId, GET.spanContext().spanId)
}
main()
JS
node_modules/.bin/node main.cjs
