// What a trace's page shows of it: the selected span, the part of the time, and what was searched for. The address has all but the last.
import { Rows, make } from "./viewer_rows.js";
import { Overview, ticksOf } from "./viewer_map.js";
import { detail } from "./viewer_detail.js";

const byId = (id) => document.getElementById(id);
const root = byId("viewer");

export class View {
  constructor(trace) {
    this.trace = trace;
    this.root = root;
    this.rowsBox = byId("rows");
    this.panel = byId("panel");
    this.aside = byId("detail");
    this.row = null; // the selected one
    this.span = -1; // of the row
    this.hits = null;
    this.found = [];
    this.pinned = null;
    [this.from, this.to] = [0, trace.length];
    this.ticks = [];
    this.rows = new Rows(this);
    this.rows.measure();
    this.ticks = ticksOf(this.from, this.to, this.rows.width);
    this.map = new Overview(this);
    this.rows.update();
    this.legend();
    this.fromAddress();
  }

  legend() {
    byId("legend").replaceChildren(...this.trace.services.map((s) => make("button", { type: "button", className: "chip h" + s.hue, title: "find its spans", "data-service": s.name }, s.name)));
  }

  // select makes a row the selected one, with one of its spans: by itself the slowest.
  select(row, span, { scroll = true, open = true } = {}) {
    if (!row) return;
    this.row = row;
    this.span = span ?? row.spans.reduce((a, b) => (this.trace.spans.duration[b] > this.trace.spans.duration[a] ? b : a));
    if (open) this.aside.hidden = false;
    if (!this.aside.hidden) {
      this.aside.replaceChildren(...detail(this));
      this.aside.scrollTop = 0;
    }
    root.classList.toggle("detailed", !this.aside.hidden);
    this.rows.redraw();
    if (scroll) this.rows.show(row);
    this.toAddress();
  }

  // go reveals a span and selects it.
  go(span, options) {
    const row = this.trace.reveal(span);
    this.rows.update();
    this.select(row, span, options);
  }

  toggle(row, open) {
    if (!this.trace.hasBelow(row)) return;
    row.open = open ?? !row.open;
    this.rows.update();
    if (this.row && !this.rows.number.has(this.row)) this.select(row, undefined, { open: false }); // it was below
  }

  unfold(row) {
    if (row?.spans.length === 1 && row.parent?.split) row = row.parent;
    if (!row || row.spans.length === 1) return;
    this.trace.split(row, !row.split);
    this.rows.update();
    this.select(row, this.span);
  }

  all(open) {
    const stack = [...this.trace.tops];
    while (stack.length) {
      const row = stack.pop();
      if (!this.trace.hasBelow(row)) continue;
      row.open = open || row.depth === 0;
      if (row.kids || open) for (const kid of this.trace.below(row)) stack.push(kid);
    }
    this.rows.update();
    let row = this.row;
    if (open || !row) return;
    while (row.depth > 1) row = row.parent;
    this.select(row, undefined, { open: false });
  }

  // zoom shows a part of the time, of at least 10 µs.
  zoom(from, to) {
    const length = this.trace.length, least = Math.min(10, length);
    from = Math.max(0, Math.min(from, length - least));
    to = Math.min(length, Math.max(to, from + least));
    [this.from, this.to] = [from, to];
    this.ticks = ticksOf(from, to, this.rows.width);
    this.zooming ??= requestAnimationFrame(() => {
      this.zooming = null;
      this.map.update();
      this.rows.redraw();
      this.toAddress();
    });
  }

  zoomAround(at, factor) {
    const length = Math.min(this.trace.length, (this.to - this.from) * factor);
    const from = at - ((at - this.from) / (this.to - this.from)) * length;
    this.move(from, length);
  }

  // move shows as much of the time from elsewhere.
  move(from, length) {
    from = Math.max(0, Math.min(from, this.trace.length - length));
    this.zoom(from, from + length);
  }

  middle() {
    if (this.span < 0) return (this.from + this.to) / 2;
    const at = this.trace.begin(this.span) + this.trace.spans.duration[this.span] / 2;
    return at >= this.from && at <= this.to ? at : (this.from + this.to) / 2;
  }

  fit() {
    if (this.span < 0) return;
    const d = Math.max(10, this.trace.spans.duration[this.span]);
    this.zoom(this.trace.begin(this.span) - d * 0.1, this.trace.finish(this.span) + d * 0.1);
  }

  search(text) {
    this.found = this.trace.search(text);
    this.hits = text.trim() ? new Set(this.found) : null;
    this.rows.redraw();
    this.says();
  }

  says() {
    const at = this.found.indexOf(this.span);
    byId("hits").textContent = this.hits === null ? "" : !this.found.length ? "none" : at < 0 ? `${this.found.length} found` : `${at + 1} of ${this.found.length}`;
  }

  // step selects the next or previous of some spans.
  step(spans, by) {
    if (!spans.length) return;
    const at = spans.indexOf(this.span);
    let next = at < 0 ? (by > 0 ? 0 : spans.length - 1) : (at + by + spans.length) % spans.length;
    if (at < 0 && this.span >= 0) { // from where the selected one is
      const place = this.trace.position.get(this.span);
      const after = spans.findIndex((s) => this.trace.position.get(s) > place);
      next = by > 0 ? Math.max(0, after) : ((after < 0 ? spans.length : after) - 1 + spans.length) % spans.length;
    }
    this.go(spans[next]);
    this.says();
  }

  pin(n) {
    const found = this.trace.findings.find((f) => f.n === n);
    if (!found?.spans.length) return;
    this.pinned = new Set(found.spans);
    this.go(found.spans[0]);
    this.rowsBox.focus({ preventScroll: true });
  }

  // card opens the card of a finding.
  card(n) {
    const card = byId("finding-" + n);
    if (!card) return;
    card.open = true;
    card.scrollIntoView({ block: "center" });
    card.querySelector("summary").focus({ preventScroll: true });
  }

  covered() { return getComputedStyle(this.aside).position === "fixed" && !this.aside.hidden ? this.aside.offsetHeight : 0; }

  close() {
    this.aside.hidden = true;
    root.classList.remove("detailed");
    this.rowsBox.focus({ preventScroll: true });
  }

  // The address has the selected span and the part of the time that is shown.
  toAddress() {
    const parts = new URLSearchParams();
    if (this.span >= 0) parts.set("span", this.trace.spans.id[this.span]);
    if (this.from > 0 || this.to < this.trace.length) parts.set("zoom", `${Math.round(this.from)}-${Math.round(this.to)}`);
    this.hash = parts.size ? "#" + parts : "";
    history.replaceState(null, "", location.pathname + location.search + this.hash);
  }

  fromAddress() {
    const parts = new URLSearchParams(location.hash.slice(1));
    const [from, to] = (parts.get("zoom") ?? "").split("-").map(Number);
    if (to > from) this.zoom(from, to);
    const span = this.trace.index.get(parts.get("span"));
    if (span !== undefined) this.go(span);
    const finding = /^#finding-(\d+)$/.exec(location.hash);
    if (finding) this.card(Number(finding[1]));
  }
}
