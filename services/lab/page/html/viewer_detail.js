// What is known about the selected span.
import { kinds, time } from "./viewer_trace.js";
import { make } from "./viewer_rows.js";

export function detail(view) {
  const { trace, span: i, row } = view;
  const s = trace.spans, service = trace.service(i);
  const button = (what, label, title) => make("button", { type: "button", className: "quiet", title, "data-do": what }, label);
  const parts = [make("div", { className: "top" },
    make("h2", {}, make("i", { className: `dot ${trace.colour(i)}` }), make("bdi", {}, `${service.name}: ${trace.name(i)}`)),
    make("button", { type: "button", className: "quiet", "data-do": "close", ariaLabel: "Close" }, "×"))];
  if (row.spans.length > 1) parts.push(siblings(view, button));
  if (trace.failed.has(i)) parts.push(make("p", { className: "error" }, trace.failed.get(i)));
  const marks = trace.marks.get(i) ?? [];
  if (marks.length) parts.push(make("p", {}, "Finding ", ...marks.map((n) => make("button", { type: "button", className: "mark" }, String(n)))));
  const path = trace.path.get(i) ?? [];
  let waited = 0;
  for (let k = 0; k < path.length; k += 2) waited += path[k + 1] - path[k];
  parts.push(list([
    ["Duration", time(s.duration[i])],
    ["Self time", `${time(s.self[i])}${s.duration[i] ? `, ${Math.round((100 * s.self[i]) / s.duration[i])} %` : ""}`],
    ["Critical path", waited ? `${time(waited)} of it` : "not on it"],
    ["Starts at", time(trace.begin(i))],
    ["Kind", kinds[s.kind[i]]],
    ["Host", trace.strings[s.host[i]]],
    ["Span ID", s.id[i]],
    ...(s.notes ?? []).flatMap((at, k) => (k % 2 === 0 && at === i ? [["Note", trace.strings[s.notes[k + 1]]]] : [])),
  ]));
  parts.push(make("p", {}, button("fit", "Zoom to it"), " ", button("link", "Copy link")));
  section(parts, "Attributes", trace.pairs(s.attrs[i]), (pairs) => [list(pairs)]);
  section(parts, "Events", s.events[i] ?? [], (events) => events.map((e) => make("details", { open: events.length < 4 },
    make("summary", {}, make("span", { className: "soft" }, time(e.at - trace.begin(i))), " ", make("bdi", {}, trace.strings[e.name])), list(trace.pairs(e.attrs)))));
  section(parts, "Log", (trace.logs ?? []).filter((l) => l.span === s.id[i]), (lines) => lines.map((l) => line(trace, l, l.at - trace.begin(i))));
  section(parts, "Links", trace.pairs(s.links[i]), (links) => links.map(([id, at]) => make("p", {}, make("a", { href: `/traces/${encodeURIComponent(id)}#span=${encodeURIComponent(at)}` }, `span ${at} of trace ${id}`))));
  return parts;
}

// siblings is about a row of several spans, of which one is shown.
function siblings(view, button) {
  const { trace, span, row } = view;
  const durations = row.spans.map((s) => trace.spans.duration[s]).sort((a, b) => a - b);
  const total = durations.reduce((a, b) => a + b, 0);
  return make("div", { className: "siblings" },
    make("p", {}, `${row.spans.length} of these: ${time(durations[0])} to ${time(durations.at(-1))}, median ${time(durations[durations.length >> 1])}, together ${time(total)}`),
    make("p", {}, button("before", "‹", "previous (,)"), ` ${row.spans.indexOf(span) + 1} of ${row.spans.length} `, button("after", "›", "next (.)"), " ",
      button("slowest", "Slowest"), " ", button("unfold", row.split ? "Fold" : "Unfold", "u")));
}

function section(parts, title, items, show) {
  if (items.length) parts.push(make("h3", {}, title, items.length > 1 ? make("span", { className: "soft" }, ` ${items.length}`) : ""), ...show(items));
}

function list(pairs) {
  return make("dl", {}, ...pairs.filter(([, value]) => value !== "" && value !== undefined).flatMap(([key, value]) => [make("dt", {}, make("bdi", {}, key)), make("dd", {}, make("bdi", {}, value))]));
}

function line(trace, l, at) {
  return make("details", { className: "log" }, make("summary", {}, make("span", { className: "soft" }, time(at)), " ",
    make("b", { className: /ERROR|FATAL/i.test(l.severity) ? "failed" : "" }, l.severity), " ", make("bdi", {}, l.message)), list(trace.pairs(l.attrs)));
}
