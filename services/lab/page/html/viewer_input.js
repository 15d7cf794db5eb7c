// Keys, buttons, the mouse and the wheel.
import { make } from "./viewer_rows.js";

const byId = (id) => document.getElementById(id);

export class Input {
  constructor(view) {
    this.view = view;
    this.listen();
  }

  // act does what a button says.
  act(what) {
    const { view } = this;
    const { row } = view;
    const beside = (by) => row && row.spans.length > 1 && view.select(row, row.spans[(row.spans.indexOf(view.span) + by + row.spans.length) % row.spans.length]);
    ({
      next: () => view.step(view.found, 1), previous: () => view.step(view.found, -1),
      expand: () => view.all(true), collapse: () => view.all(false),
      in: () => view.zoomAround(view.middle(), 0.5), out: () => view.zoomAround(view.middle(), 2), whole: () => view.zoom(0, view.trace.length),
      fit: () => view.fit(), close: () => view.close(), unfold: () => view.unfold(row), slowest: () => view.select(row),
      before: () => beside(-1), after: () => beside(1), help: () => byId("help").showModal(),
      link: () => copy(location.href),
    })[what]?.();
  }

  // key does what a key says while the rows have the focus.
  key(e) {
    const { view } = this;
    const { row, rows } = view;
    const at = rows.number.get(row) ?? -1, page = Math.max(1, Math.floor((innerHeight - rows.top()) / rows.height) - 2);
    const to = (n) => view.select(rows.list[Math.min(Math.max(n, 0), rows.list.length - 1)], undefined, { open: false });
    const errors = view.trace.order.filter((i) => view.trace.failed.has(i));
    const part = view.to - view.from;
    const shifted = {
      ArrowLeft: () => view.move(view.from - part / 4, part), ArrowRight: () => view.move(view.from + part / 4, part),
      N: () => this.act("previous"), E: () => view.step(errors, -1), "+": () => this.act("in"), "?": () => this.act("help"), "/": () => byId("search").focus(),
    };
    const plain = {
      ArrowDown: () => to(at + 1), ArrowUp: () => to(at < 0 ? 0 : at - 1), PageDown: () => to(at + page), PageUp: () => to(at - page),
      Home: () => to(0), End: () => to(rows.list.length - 1),
      ArrowRight: () => row && (row.open || !view.trace.hasBelow(row) ? view.trace.hasBelow(row) && to(at + 1) : view.toggle(row, true)),
      ArrowLeft: () => row && (row.open && view.trace.hasBelow(row) ? view.toggle(row, false) : row.parent && view.select(row.parent, undefined, { open: false })),
      Enter: () => { view.select(row ?? rows.list[0], row ? view.span : undefined); view.aside.focus({ preventScroll: true }); },
      " ": () => row && view.toggle(row), Escape: () => view.close(),
      u: () => view.unfold(row), ",": () => this.act("before"), ".": () => this.act("after"),
      "+": () => this.act("in"), "=": () => this.act("in"), "-": () => this.act("out"), 0: () => this.act("whole"), z: () => view.fit(),
      n: () => this.act("next"), e: () => view.step(errors, 1), "/": () => byId("search").focus(), "?": () => this.act("help"),
    };
    const handler = /^[1-9]$/.test(e.key) ? () => view.pin(Number(e.key)) : (e.shiftKey ? shifted : plain)[e.key];
    if (!handler) return;
    e.preventDefault();
    handler();
  }

  listen() {
    const { view } = this;
    document.addEventListener("keydown", (e) => {
      if (e.ctrlKey || e.metaKey || e.altKey || byId("help").open) return;
      if (view.rowsBox.contains(e.target)) return this.key(e);
      if (view.aside.contains(e.target) && e.key === "Escape") return view.rowsBox.focus({ preventScroll: true });
      if (e.target === byId("search")) {
        if (e.key === "Enter") view.step(view.found, e.shiftKey ? -1 : 1);
        else if (e.key === "Escape") view.rowsBox.focus({ preventScroll: true });
        else return;
        e.preventDefault();
      } else if ((e.key === "/" || e.key === "?") && !/^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName)) {
        this.key(e);
      }
    });
    byId("search").addEventListener("input", (e) => view.search(e.target.value));
    view.root.addEventListener("click", (e) => {
      const button = e.target.closest("button");
      if (button?.dataset.do) return this.act(button.dataset.do);
      if (button?.dataset.pin) return view.pin(Number(button.dataset.pin));
      if (button?.dataset.service) {
        byId("search").value = button.dataset.service;
        return view.search(button.dataset.service);
      }
      if (button?.classList.contains("mark")) return view.card(Number(button.textContent));
      const row = e.target.closest(".trow")?.node;
      if (!row || this.dragged) return;
      if (button?.classList.contains("times")) return view.unfold(row);
      if (e.target.closest(".twist")) {
        view.toggle(row);
        return view.rowsBox.focus({ preventScroll: true });
      }
      view.rowsBox.focus({ preventScroll: true });
      view.select(row, this.under(e, row));
    });
    view.rowsBox.addEventListener("wheel", (e) => {
      if (!e.ctrlKey && !e.shiftKey) return;
      e.preventDefault();
      if (e.ctrlKey) view.zoomAround(this.at(e), e.deltaY > 0 ? 1.25 : 0.8);
      else view.move(view.from + ((e.deltaY || e.deltaX) / 1000) * (view.to - view.from), view.to - view.from);
    }, { passive: false });
    view.rowsBox.addEventListener("pointerdown", (e) => this.drag(e));
    view.rowsBox.addEventListener("dblclick", (e) => e.target.closest(".tbar") && this.act("whole"));
    addEventListener("hashchange", () => location.hash !== view.hash && view.fromAddress());
  }

  // at is the time under the pointer.
  at(e) {
    const { view } = this;
    const bar = view.rowsBox.querySelector(".tbar").getBoundingClientRect();
    return view.from + ((e.clientX - bar.left) / bar.width) * (view.to - view.from);
  }

  // under is the span of a row that the pointer is over; undefined if there is none.
  under(e, row) {
    const { view } = this;
    if (row.spans.length === 1 || !e.target.closest(".tbar")) return row === view.row ? view.span : undefined;
    const at = this.at(e), near = ((view.to - view.from) * 3) / view.rows.width;
    return row.spans.find((s) => view.trace.begin(s) - near <= at && at <= view.trace.finish(s) + near);
  }

  // drag over the bars zooms to that part of the time.
  drag(e) {
    const { view } = this;
    this.dragged = false;
    const bar = e.target.closest(".tbar");
    if (!bar || e.button !== 0 || e.pointerType === "touch") return;
    const start = this.at(e), x = e.clientX;
    const box = view.rowsBox.getBoundingClientRect();
    const shade = make("div", { className: "shade" });
    const move = (m) => {
      if (Math.abs(m.clientX - x) < 4 && !this.dragged) return;
      this.dragged = true;
      const r = bar.getBoundingClientRect();
      const [a, b] = [x, Math.min(Math.max(m.clientX, r.left), r.right)].sort((p, q) => p - q);
      shade.style.left = a - box.left + "px";
      shade.style.width = b - a + "px";
      if (!shade.isConnected) view.rowsBox.append(shade);
    };
    const done = (m) => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", done);
      shade.remove();
      if (!this.dragged) return;
      const end = this.at(m);
      view.zoom(Math.min(start, end), Math.max(start, end));
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", done);
  }
}

export async function copy(text) {
  const said = byId("said");
  try {
    await navigator.clipboard.writeText(text);
    said.textContent = "Copied.";
  } catch {
    said.textContent = "The browser did not allow copying.";
  }
  setTimeout(() => (said.textContent = ""), 2000);
}
