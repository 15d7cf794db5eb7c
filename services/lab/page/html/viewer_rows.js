// The rows of the tree. Only those that can be seen, and the selected one, are in the page.
import { time } from "./viewer_trace.js";

const svg = "http://www.w3.org/2000/svg";

export function make(tag, properties = {}, ...children) {
  const e = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (key in e) e[key] = value;
    else e.setAttribute(key, value);
  }
  e.append(...children.filter((c) => c !== null && c !== undefined && c !== ""));
  return e;
}

export class Rows {
  constructor(view) {
    this.view = view;
    this.box = view.rowsBox;
    this.shown = new Map(); // elements by node
    this.list = [];
    this.number = new Map(); // of nodes in the list
    const later = () => this.schedule();
    addEventListener("scroll", later, { passive: true });
    new ResizeObserver(() => this.measure() && view.zoom(view.from, view.to)).observe(this.box);
  }

  // measure takes sizes from the style sheet, which knows about text size and width. It reports whether they have changed.
  measure() {
    const before = `${this.height} ${this.width}`;
    const probe = this.box.querySelector(".probe") ?? this.box.appendChild(make("div", { className: "trow probe", ariaHidden: "true" }, make("span"), make("span"), make("span", { className: "tbar" })));
    this.height = probe.getBoundingClientRect().height || 26;
    this.view.root.style.setProperty("--panel", this.view.panel.offsetHeight + "px");
    this.width = Math.max(50, probe.lastChild.getBoundingClientRect().width);
    return before !== `${this.height} ${this.width}`;
  }

  // update shows another list of rows.
  update() {
    this.list = this.view.trace.visible();
    this.number = new Map(this.list.map((node, i) => [node, i]));
    this.box.setAttribute("aria-rowcount", this.list.length);
    this.box.style.height = this.list.length * this.height + "px";
    this.redraw();
  }

  // redraw draws every row again.
  redraw() {
    for (const e of this.shown.values()) e.remove();
    this.shown.clear();
    this.box.style.height = this.list.length * this.height + "px";
    this.draw();
  }

  schedule() {
    this.waiting ??= requestAnimationFrame(() => { this.waiting = null; this.draw(); });
  }

  // top is where the panel above the rows ends, which stays in view.
  top() { return this.view.panel.getBoundingClientRect().bottom; }

  draw() {
    const spare = 8;
    const offset = this.box.getBoundingClientRect().top;
    const first = Math.max(0, Math.floor((Math.max(0, this.top()) - offset) / this.height) - spare);
    const last = Math.min(this.list.length, Math.ceil((innerHeight - offset) / this.height) + spare);
    const wanted = new Set(this.list.slice(first, Math.max(first, last)));
    if (this.number.has(this.view.row)) wanted.add(this.view.row);
    for (const [node, e] of this.shown) {
      if (!wanted.has(node)) {
        e.remove();
        this.shown.delete(node);
      }
    }
    for (const node of wanted) {
      if (this.shown.has(node)) continue;
      const e = this.make(node);
      this.shown.set(node, e);
      this.box.append(e);
    }
    const active = this.shown.get(this.view.row);
    if (active) this.box.setAttribute("aria-activedescendant", active.id);
    else this.box.removeAttribute("aria-activedescendant");
  }

  make(node) {
    const { trace, row, hits, pinned } = this.view;
    const i = node.spans[0], many = node.spans.length;
    const service = trace.service(i), inherited = node.parent && trace.service(node.parent.spans[0]) === service;
    const failed = node.spans.filter((s) => trace.failed.has(s));
    const below = trace.hasBelow(node);
    const number = this.number.get(node);
    const e = make("div", { className: "trow", id: "row-" + number, role: "row" });
    e.setAttribute("aria-level", node.depth + 1);
    e.setAttribute("aria-rowindex", number + 1);
    e.setAttribute("aria-posinset", node.place[0]);
    e.setAttribute("aria-setsize", node.place[1]);
    e.setAttribute("aria-selected", String(node === row));
    if (below) e.setAttribute("aria-expanded", String(node.open));
    e.classList.toggle("selected", node === row);
    e.classList.toggle("failed", failed.length > 0);
    e.classList.toggle("hit", hits !== null && node.spans.some((s) => hits.has(s)));
    e.classList.toggle("pinned", pinned !== null && node.spans.some((s) => pinned.has(s)));
    e.style.top = number * this.height + "px";
    e.node = node;

    const name = make("span", { className: "tname", role: "gridcell" });
    name.style.setProperty("--d", node.depth);
    name.append(make("span", { className: "twist", ariaHidden: "true" }, below ? (node.open ? "▾" : "▸") : ""));
    name.append(make("i", { className: `dot ${trace.colour(i)}`, ariaHidden: "true" }));
    const label = make("span", { className: "label" });
    label.title = `${service.name}: ${trace.name(i)}`;
    if (!inherited) label.append(make("b", {}, make("bdi", {}, service.name)), " ");
    label.append(make("bdi", {}, trace.name(i)));
    name.append(label);
    if (many > 1) name.append(make("button", { type: "button", className: "times", tabIndex: -1, title: node.split ? "fold" : "unfold", }, `×${many}`));
    if (trace.orphans.has(i)) name.append(make("span", { className: "flag", title: "its parent is not in the trace" }, "parent missing"));
    if (failed.length) name.append(make("b", { className: "errors", title: trace.failed.get(failed[0]) }, many > 1 ? `✗${failed.length}` : "✗"));
    for (const n of this.marksOf(node)) name.append(make("button", { type: "button", className: "mark", tabIndex: -1, title: trace.findings.find((f) => f.n === n).title, ariaLabel: `finding ${n}` }, String(n)));
    e.append(name, make("span", { className: "ttime", role: "gridcell" }, this.duration(node)), this.bar(node));
    return e;
  }

  marksOf(node) {
    const marks = new Set();
    for (const s of node.spans) for (const n of this.view.trace.marks.get(s) ?? []) marks.add(n);
    return [...marks].sort((a, b) => a - b);
  }

  duration(node) {
    const durations = node.spans.map((s) => this.view.trace.spans.duration[s]).sort((a, b) => a - b);
    return time(durations[durations.length >> 1]);
  }

  // bar draws the spans of a row, and what the request waited for of them.
  bar(node) {
    const { trace, from, to, span, row, ticks } = this.view;
    const scale = this.width / Math.max(1, to - from), height = 16;
    const x = (at) => (at - from) * scale;
    const stretch = (list) => this.path(list.map(([a, b]) => [x(a), x(b)]));
    const cell = make("span", { className: "tbar", role: "gridcell" });
    const picture = document.createElementNS(svg, "svg");
    picture.setAttribute("class", trace.colour(node.spans[0]));
    picture.setAttribute("aria-hidden", "true");
    picture.setAttribute("viewBox", `0 0 ${this.width} ${height}`);
    picture.setAttribute("preserveAspectRatio", "none");
    const add = (className, d) => {
      if (!d) return;
      const p = document.createElementNS(svg, "path");
      p.setAttribute("class", className);
      p.setAttribute("d", d);
      picture.append(p);
    };
    add("grid", ticks.map((at) => `M${x(at).toFixed(1)} -9V25`).join(""));
    add("run", stretch(node.spans.map((s) => [trace.begin(s), trace.finish(s)])));
    const critical = [];
    for (const s of node.spans) {
      const path = trace.path.get(s) ?? [];
      for (let k = 0; k < path.length; k += 2) critical.push([path[k], path[k + 1]]);
    }
    add("path", stretch(critical.sort((a, b) => a[0] - b[0])));
    add("bad", stretch(node.spans.filter((s) => trace.failed.has(s)).map((s) => [trace.begin(s), trace.finish(s)])).replaceAll("V15H", "V3H"));
    if (node.spans.length === 1) add("events", (trace.spans.events[node.spans[0]] ?? []).map((e) => `M${x(e.at).toFixed(1)} 11V16`).join(""));
    if (node === row && node.spans.length > 1) add("one", stretch([[trace.begin(span), trace.finish(span)]]));
    cell.append(picture);
    return cell;
  }

  // path is an outline of stretches, in pixels and in order. Those that touch become one, and what is out of sight is left out.
  path(stretches) {
    let d = "", at = null, end = 0;
    const close = () => {
      if (at === null) return;
      const left = Math.min(at, this.width - 1.5); // the shortest can be seen
      d += `M${left.toFixed(1)} 1V15H${Math.max(end, left + 1.5).toFixed(1)}V1Z`;
    };
    for (const [a, b] of stretches) {
      const from = Math.max(a, -2), to = Math.min(b, this.width + 2);
      if (to < -1 || from > this.width + 1) continue;
      if (at !== null && from <= end + 0.3) {
        end = Math.max(end, to);
        continue;
      }
      close();
      [at, end] = [from, to];
    }
    close();
    return d;
  }

  // show scrolls until a row can be seen, below the panel, which moves up with the page until it is at the top.
  show(node) {
    const number = this.number.get(node);
    if (number === undefined) return;
    const y = this.box.getBoundingClientRect().top + number * this.height;
    const top = Math.min(this.top(), this.view.panel.offsetHeight) + this.height, bottom = innerHeight - 2 * this.height - this.view.covered();
    if (y < top || y > bottom) {
      const middle = top + Math.max(0, bottom - top) / 3;
      const near = y < top && y > top - 3 * this.height ? top : y > bottom && y < bottom + 3 * this.height ? bottom : middle;
      scrollBy({ top: y - near, behavior: "instant" });
    }
    this.draw();
  }
}
