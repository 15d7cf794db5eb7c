#!/usr/bin/env bash
# GraphQL.js: the resolvers of a list's items start after their parent span has ended, and with mergeItems the slow item has no span at all.
#
# @opentelemetry/instrumentation-graphql 0.72.0 ends a field's span when its own resolver has returned, but makes it the parent of the fields below. So the work
# that the items of a list cause, often an N+1 and most of the query, lies wholly outside the span that it hangs under. `mergeItems: true`, meant to tame many
# items, keeps the span of the item that comes first and drops the others, however long they take. With GraphQL.js 17 the instrumentation records nothing and
# says nothing, because it supports versions before 17 only; the diagnostics channel `graphql:resolve`, new in 17, ends a list before its items as well.
#
# Output with Node.js 24.21.0 and SDK 3.1.1; `orders` takes 20 ms and returns 3 items, whose `price` takes 5, 5, and 200 ms:
#
#   graphql 16.15.0
#     query                                0 – 234 ms
#     graphql.resolve orders               4 –  28 ms
#     graphql.resolve orders.0.price      29 –  47 ms
#     graphql.resolve orders.1.price      31 –  47 ms
#     graphql.resolve orders.2.price      31 – 233 ms
#   graphql 16.15.0, mergeItems
#     query                                0 – 224 ms
#     graphql.resolve orders               1 –  21 ms
#     graphql.resolve orders.*.price      22 –  28 ms
#   graphql 17.1.0
#     spans: 0  channel: start orders, end orders, start orders.0.price, end orders.0.price
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
install() { # FOLDER PACKAGE…
	mkdir -p "$1"
	echo '{}' >"$1/package.json"
	npm install --prefix "$1" --loglevel error --no-audit --no-fund "${@:2}" >npm.log 2>&1 || { cat npm.log; exit 2; }
}
install 16 graphql@16.15.0
install 17 graphql@17.1.0
install . node@24.21.0 @opentelemetry/api@1.10.0 @opentelemetry/sdk-trace@3.1.1 @opentelemetry/context-async-hooks@3.1.1 \
	@opentelemetry/instrumentation-graphql@0.72.0

cat >main.cjs <<'JS'
const { context, trace } = require('@opentelemetry/api')
const { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } = require('@opentelemetry/sdk-trace')
const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks')
const { GraphQLInstrumentation } = require('@opentelemetry/instrumentation-graphql')
const assert = require('node:assert')
const { tracingChannel } = require('node:diagnostics_channel')
const { setTimeout: sleep } = require('node:timers/promises')

const [, , version, merge] = process.argv
const exporter = new InMemorySpanExporter()
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }))
new GraphQLInstrumentation({ mergeItems: merge === 'merge' })
const { buildSchema, graphql, version: found } = require(`./${version}/node_modules/graphql`)

const channel = []
const note = (what) => (m) => channel.push(`${what} ${m.fieldPath}`)
const noop = () => {}
tracingChannel('graphql:resolve').subscribe({ start: note('start'), end: noop, asyncStart: noop, asyncEnd: note('end'), error: noop })

async function main() {
  const price = (ms) => async () => { await sleep(ms); return 1 }
  const rootValue = { orders: async () => { await sleep(20); return [5, 5, 200].map((ms) => ({ price: price(ms) })) } }
  const schema = buildSchema('type Query { orders: [Order] } type Order { price: Int }')
  const { data } = await graphql({ schema, rootValue, source: '{ orders { price } }' })
  assert.equal(data.orders.length, 3)

  console.log(`graphql ${found}${merge ? ', mergeItems' : ''}`)
  const ms = (t) => t[0] * 1e3 + t[1] / 1e6
  const spans = exporter.getFinishedSpans().filter((s) => s.name.startsWith('graphql.resolve') || s.name === 'query')
  if (version === '17') {
    console.log('  spans:', exporter.getFinishedSpans().length, ' channel:', channel.filter((c) => /orders$|\.0\./.test(c)).join(', '))
    assert.equal(exporter.getFinishedSpans().length, 0)
    assert(channel.indexOf('end orders') < channel.indexOf('start orders.0.price'))
    return
  }
  const find = (name) => spans.find((s) => s.name === `graphql.resolve ${name}`)
  const query = spans.find((s) => s.name === 'query')
  for (const s of spans.sort((a, b) => ms(a.startTime) - ms(b.startTime))) {
    console.log('  ' + s.name.padEnd(34) + [s.startTime, s.endTime].map((t) => Math.round(ms(t) - ms(query.startTime)).toString().padStart(4)).join(' –') + ' ms')
  }
  const orders = find('orders')
  const items = spans.filter((s) => s.name.endsWith('price'))
  assert.equal(items.length, merge ? 1 : 3)
  for (const s of items) {
    assert.equal(s.parentSpanContext.spanId, orders.spanContext().spanId)
    assert(ms(s.startTime) + 1 >= ms(orders.endTime)) // 1 ms, because starts are whole milliseconds
    assert(ms(s.endTime) > ms(orders.endTime))
  }
  if (merge) assert(items[0].duration[1] < 100e6 && ms(query.endTime) - ms(items[0].endTime) > 100)
}
main()
JS
for args in 16 '16 merge' 17; do
	node_modules/.bin/node main.cjs $args
done
