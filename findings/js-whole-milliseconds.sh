#!/usr/bin/env bash
# OpenTelemetry JS: a child often ends after the parent that awaited it, by about a millisecond.
#
# The SDK takes a span's start from Date.now(), which counts whole milliseconds, and its end from that start plus an exact duration. Each span has an error of
# its own: two spans that start 10 µs apart, but on both sides of a tick of the clock, are exported 1 ms apart. So the order of two ends is not reliable, and a
# span's self time, computed from the children inside it, can be negative. The new package sdk-trace 3.x, which replaces sdk-trace-base, still works this way.
#
# Output with sdk-trace 3.1.1 on Node.js 24.21.0; 1000 parents that each await one child, which start and end on their own after it:
#
#   starts that are not a whole millisecond: 0 of 2000
#   children that end after the parent that awaited them: 229 of 1000, by up to 1.43 ms
#   children whose start is a whole millisecond after the parent's: 230 of 1000
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{}' >package.json
npm install --loglevel error --no-audit --no-fund node@24.21.0 @opentelemetry/api@1.10.0 @opentelemetry/sdk-trace@3.1.1 >npm.log 2>&1 || { cat npm.log; exit 2; }

cat >main.cjs <<'JS'
const { context, trace } = require('@opentelemetry/api')
const { TracerProvider } = require('@opentelemetry/sdk-trace')
const assert = require('node:assert')
const { setTimeout: sleep } = require('node:timers/promises')

const tracer = new TracerProvider().getTracer('pairs')
const ns = (t) => BigInt(t[0]) * 1_000_000_000n + BigInt(t[1])
const spin = (µs) => { for (const until = performance.now() + µs / 1e3; performance.now() < until;); }

async function main() {
  let fractional = 0, outlive = 0, furthest = 0n, apart = 0
  for (let i = 0; i < 1000; i++) {
    const parent = tracer.startSpan('parent')
    spin(200) // what a handler does before its first call
    const child = tracer.startSpan('child', {}, trace.setSpan(context.active(), parent))
    await sleep(1 + (i % 3))
    child.end()
    parent.end()
    for (const s of [parent, child]) fractional += ns(s.startTime) % 1_000_000n ? 1 : 0
    const late = ns(child.endTime) - ns(parent.endTime)
    if (late > 0n) outlive++
    if (late > furthest) furthest = late
    if (ns(child.startTime) - ns(parent.startTime) >= 1_000_000n) apart++
  }
  console.log(`starts that are not a whole millisecond: ${fractional} of 2000`)
  console.log(`children that end after the parent that awaited them: ${outlive} of 1000, by up to ${(Number(furthest) / 1e6).toFixed(2)} ms`)
  console.log(`children whose start is a whole millisecond after the parent's: ${apart} of 1000`)
  assert.equal(fractional, 0)
  assert(outlive > 0)
}
main()
JS
node_modules/.bin/node main.cjs
