#!/usr/bin/env bash
# A fetch whose response is not read gets its client span from the garbage collector.
#
# @opentelemetry/instrumentation-undici 0.34.0 ends the span of a fetch when undici has the whole body. undici stops reading when its buffers are full and
# nobody consumes them, so `if (!(await fetch(url)).ok) …`, which looks at the status only, has an exact span for a small response. For a larger one there is
# no span until the garbage collector finds the response: then the span of a request that succeeded becomes an error that took as long as memory lasted.
# Until then, or forever if the process ends first, the server's span names a parent that was never exported. `body.cancel()` ends the span at once.
#
# Output with Node.js 24.21.0, which contains undici 7.29.1, and SDK 3.1.1:
#
#   undici 7.29.1
#      16 kB, not read: ended by itself, status UNSET
#    1000 kB, not read: no span 500 ms after the answer
#    1000 kB, not read, after gc(): status ERROR, ended 530 ms after the answer
#    1000 kB, cancelled: ended by itself, status UNSET
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{}' >package.json
npm install --loglevel error --no-audit --no-fund node@24.21.0 @opentelemetry/api@1.10.0 @opentelemetry/sdk-trace@3.1.1 \
	@opentelemetry/instrumentation-undici@0.34.0 >npm.log 2>&1 || { cat npm.log; exit 2; }

cat >main.cjs <<'JS'
const { trace, SpanKind, SpanStatusCode } = require('@opentelemetry/api')
const { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } = require('@opentelemetry/sdk-trace')
const { UndiciInstrumentation } = require('@opentelemetry/instrumentation-undici')
const assert = require('node:assert')
const http = require('node:http')
const { setTimeout: sleep } = require('node:timers/promises')

const exporter = new InMemorySpanExporter()
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }))
new UndiciInstrumentation()
const ended = () => exporter.getFinishedSpans().filter((s) => s.kind === SpanKind.CLIENT)

async function main() {
  const server = http.createServer((req, res) => res.end(Buffer.alloc(1000 * req.url.slice(1)))).listen(0, '127.0.0.1')
  await new Promise((listening) => server.once('listening', listening))
  const get = (kB) => fetch(`http://127.0.0.1:${server.address().port}/${kB}`)
  const status = () => SpanStatusCode[ended()[0].status.code]
  console.log('undici', process.versions.undici)

  assert((await get(16)).ok)
  await sleep(500)
  assert.equal(ended().length, 1)
  console.log('   16 kB, not read: ended by itself, status', status())

  exporter.reset()
  assert((await get(1000)).ok)
  const answered = Date.now()
  await sleep(500)
  assert.equal(ended().length, 0)
  console.log(' 1000 kB, not read: no span 500 ms after the answer')

  for (let i = 0; i < 50 && !ended().length; i++) {
    gc()
    await sleep(20)
  }
  const [span] = ended()
  const late = Math.round(span.endTime[0] * 1e3 + span.endTime[1] / 1e6 - answered)
  console.log(` 1000 kB, not read, after gc(): status ${status()}, ended ${late} ms after the answer`)
  assert.equal(status(), 'ERROR')
  assert.equal(span.attributes['http.response.status_code'], 200)
  assert(late >= 490)

  exporter.reset()
  await (await get(1000)).body.cancel()
  await sleep(100)
  assert.equal(status(), 'UNSET')
  console.log(' 1000 kB, cancelled: ended by itself, status', status())
  server.closeAllConnections()
  server.close()
}
main()
JS
node_modules/.bin/node --expose-gc main.cjs
