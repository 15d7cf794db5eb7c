// The viewer of a trace. The page has its words; this draws its spans, which it gets as JSON (see explore/document.go).
import { Trace, time } from "./viewer_trace.js";
import { Rows, make } from "./viewer_rows.js";
import { Overview, ticksOf } from "./viewer_map.js";
import { detail } from "./viewer_detail.js";

const byId = (id) => document.getElementById(id);
const root = byId("viewer");

class View {
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
    this.listen();
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
    for (let row = this.row; row && !open; row = row.parent) if (!row.parent?.parent) this.row = row;
    if (this.row && !open) this.span = this.row.spans[0];
    this.rows.update();
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

  act(what) {
    const { row, span } = this;
    const beside = (by) => row && row.spans.length > 1 && this.select(row, row.spans[(row.spans.indexOf(span) + by + row.spans.length) % row.spans.length]);
    ({
      next: () => this.step(this.found, 1), previous: () => this.step(this.found, -1),
      expand: () => this.all(true), collapse: () => this.all(false),
      in: () => this.zoomAround(this.middle(), 0.5), out: () => this.zoomAround(this.middle(), 2), whole: () => this.zoom(0, this.trace.length),
      fit: () => this.fit(), close: () => this.close(), unfold: () => this.unfold(row), slowest: () => this.select(row),
      before: () => beside(-1), after: () => beside(1), help: () => byId("help").showModal(),
      link: () => copy(location.href),
    })[what]?.();
  }

  key(e) {
    const { row, rows } = this;
    const at = rows.number.get(row) ?? -1, page = Math.max(1, Math.floor((innerHeight - rows.top()) / rows.height) - 2);
    const to = (n) => this.select(rows.list[Math.min(Math.max(n, 0), rows.list.length - 1)], undefined, { open: false });
    const errors = this.trace.order.filter((i) => this.trace.failed.has(i));
    const part = this.to - this.from;
    const shifted = {
      ArrowLeft: () => this.move(this.from - part / 4, part), ArrowRight: () => this.move(this.from + part / 4, part),
      N: () => this.act("previous"), E: () => this.step(errors, -1), "+": () => this.act("in"), "?": () => this.act("help"), "/": () => byId("search").focus(),
    };
    const plain = {
      ArrowDown: () => to(at + 1), ArrowUp: () => to(at < 0 ? 0 : at - 1), PageDown: () => to(at + page), PageUp: () => to(at - page),
      Home: () => to(0), End: () => to(rows.list.length - 1),
      ArrowRight: () => row && (row.open || !this.trace.hasBelow(row) ? this.trace.hasBelow(row) && to(at + 1) : this.toggle(row, true)),
      ArrowLeft: () => row && (row.open && this.trace.hasBelow(row) ? this.toggle(row, false) : row.parent && this.select(row.parent, undefined, { open: false })),
      Enter: () => { this.select(row ?? rows.list[0], row ? this.span : undefined); this.aside.focus({ preventScroll: true }); },
      " ": () => row && this.toggle(row), Escape: () => this.close(),
      u: () => this.unfold(row), ",": () => this.act("before"), ".": () => this.act("after"),
      "+": () => this.act("in"), "=": () => this.act("in"), "-": () => this.act("out"), 0: () => this.act("whole"), z: () => this.fit(),
      n: () => this.act("next"), e: () => this.step(errors, 1), "/": () => byId("search").focus(), "?": () => this.act("help"),
    };
    const handler = /^[1-9]$/.test(e.key) ? () => this.pin(Number(e.key)) : (e.shiftKey ? shifted : plain)[e.key];
    if (!handler) return;
    e.preventDefault();
    handler();
  }

  listen() {
    document.addEventListener("keydown", (e) => {
      if (e.ctrlKey || e.metaKey || e.altKey || byId("help").open) return;
      if (this.rowsBox.contains(e.target)) return this.key(e);
      if (this.aside.contains(e.target) && e.key === "Escape") return this.rowsBox.focus({ preventScroll: true });
      if (e.target === byId("search")) {
        if (e.key === "Enter") this.step(this.found, e.shiftKey ? -1 : 1);
        else if (e.key === "Escape") this.rowsBox.focus({ preventScroll: true });
        else return;
        e.preventDefault();
      } else if ((e.key === "/" || e.key === "?") && !/^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName)) {
        this.key(e);
      }
    });
    byId("search").addEventListener("input", (e) => this.search(e.target.value));
    root.addEventListener("click", (e) => {
      const button = e.target.closest("button");
      if (button?.dataset.do) return this.act(button.dataset.do);
      if (button?.dataset.pin) return this.pin(Number(button.dataset.pin));
      if (button?.dataset.service) {
        byId("search").value = button.dataset.service;
        return this.search(button.dataset.service);
      }
      if (button?.classList.contains("mark")) return this.card(Number(button.textContent));
      const row = e.target.closest(".trow")?.node;
      if (!row || this.dragged) return;
      if (button?.classList.contains("times")) return this.unfold(row);
      if (e.target.closest(".twist")) {
        this.toggle(row);
        return this.rowsBox.focus({ preventScroll: true });
      }
      this.rowsBox.focus({ preventScroll: true });
      this.select(row, this.under(e, row));
    });
    this.rowsBox.addEventListener("wheel", (e) => {
      if (!e.ctrlKey && !e.shiftKey) return;
      e.preventDefault();
      if (e.ctrlKey) this.zoomAround(this.at(e), e.deltaY > 0 ? 1.25 : 0.8);
      else this.move(this.from + ((e.deltaY || e.deltaX) / 1000) * (this.to - this.from), this.to - this.from);
    }, { passive: false });
    this.rowsBox.addEventListener("pointerdown", (e) => this.drag(e));
    this.rowsBox.addEventListener("dblclick", (e) => e.target.closest(".tbar") && this.act("whole"));
    addEventListener("hashchange", () => location.hash !== this.hash && this.fromAddress());
  }

  // at is the time under the pointer.
  at(e) {
    const bar = this.rowsBox.querySelector(".tbar").getBoundingClientRect();
    return this.from + ((e.clientX - bar.left) / bar.width) * (this.to - this.from);
  }

  // under is the span of a row that the pointer is over; undefined if there is none.
  under(e, row) {
    if (row.spans.length === 1 || !e.target.closest(".tbar")) return row === this.row ? this.span : undefined;
    const at = this.at(e), near = ((this.to - this.from) * 3) / this.rows.width;
    return row.spans.find((s) => this.trace.begin(s) - near <= at && at <= this.trace.finish(s) + near);
  }

  // drag over the bars zooms to that part of the time.
  drag(e) {
    this.dragged = false;
    const bar = e.target.closest(".tbar");
    if (!bar || e.button !== 0 || e.pointerType === "touch") return;
    const start = this.at(e), x = e.clientX;
    const box = this.rowsBox.getBoundingClientRect();
    const shade = make("div", { className: "shade" });
    const move = (m) => {
      if (Math.abs(m.clientX - x) < 4 && !this.dragged) return;
      this.dragged = true;
      const r = bar.getBoundingClientRect();
      const [a, b] = [x, Math.min(Math.max(m.clientX, r.left), r.right)].sort((p, q) => p - q);
      shade.style.left = a - box.left + "px";
      shade.style.width = b - a + "px";
      if (!shade.isConnected) this.rowsBox.append(shade);
    };
    const done = (m) => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", done);
      shade.remove();
      if (!this.dragged) return;
      const end = this.at(m);
      this.zoom(Math.min(start, end), Math.max(start, end));
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", done);
  }
}

async function copy(text) {
  const status = byId("status");
  try {
    await navigator.clipboard.writeText(text);
    status.textContent = "Copied.";
  } catch {
    status.textContent = "The browser did not allow copying.";
  }
  setTimeout(() => (status.textContent = ""), 2000);
}

for (const button of document.querySelectorAll("button[data-copy]")) button.addEventListener("click", () => copy(button.dataset.copy));

try {
  const answer = await fetch(root.dataset.from);
  if (!answer.ok) throw new Error(await answer.text());
  const trace = new Trace(await answer.json());
  byId("loading").hidden = true;
  if (trace.count) {
    byId("work").hidden = false;
    new View(trace);
  } else {
    byId("loading").hidden = false;
    byId("loading").textContent = "This trace has no spans.";
  }
  if (trace.left) {
    byId("loading").hidden = false;
    byId("loading").textContent = `The first ${trace.count} spans are shown, and ${trace.left} are left out.`;
  }
  root.dataset.ready = Math.round(performance.now()); // ms since the page was asked for
} catch (e) {
  byId("loading").className = "error";
  byId("loading").textContent = "The spans cannot be shown: " + e.message;
}
