// The whole trace in small, the part of it that the rows show, and the axis of time.
import { time } from "./viewer_trace.js";
import { make } from "./viewer_rows.js";

export class Overview {
  constructor(view) {
    this.view = view;
    this.box = document.getElementById("map");
    this.canvas = this.box.querySelector("canvas");
    this.window = document.getElementById("window");
    this.ticks = document.getElementById("ticks");
    new ResizeObserver(() => this.draw()).observe(this.box);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    this.box.addEventListener("pointerdown", (e) => this.grab(e));
    this.box.addEventListener("dblclick", () => view.zoom(0, view.trace.length));
    this.box.addEventListener("wheel", (e) => {
      e.preventDefault();
      view.zoomAround(this.at(e), e.deltaY > 0 ? 1.25 : 0.8);
    }, { passive: false });
  }

  // at is the time under the pointer.
  at(e) {
    const r = this.box.getBoundingClientRect();
    return (Math.min(Math.max(e.clientX - r.left, 0), r.width) / r.width) * this.view.trace.length;
  }

  draw() {
    const { trace } = this.view;
    const r = this.box.getBoundingClientRect(), dots = devicePixelRatio || 1;
    const width = Math.max(1, Math.round(r.width * dots)), height = Math.max(1, Math.round(r.height * dots));
    this.canvas.width = width;
    this.canvas.height = height;
    const c = this.canvas.getContext("2d");
    const style = getComputedStyle(this.box);
    const colours = trace.services.map((s) => style.getPropertyValue("--h" + s.hue));
    const deep = trace.services.map((s) => style.getPropertyValue("--db" + s.hue));
    const line = Math.max(dots, (height - 4) / trace.count), scale = width / Math.max(1, trace.length);
    const drawn = new Set(); // of a large trace, many spans are the same dot
    trace.order.forEach((i, k) => {
      const x = Math.floor(trace.begin(i) * scale), w = Math.max(dots, trace.spans.duration[i] * scale);
      const y = Math.round(2 + (k * (height - 4 - line)) / Math.max(1, trace.count - 1));
      const key = (y * width + x) * 4096 + Math.min(4095, Math.round(w));
      if (drawn.has(key)) return;
      drawn.add(key);
      c.globalAlpha = trace.path.has(i) ? 0.9 : 0.4;
      c.fillStyle = trace.failed.has(i) ? style.getPropertyValue("--bad") : (trace.databases.has(i) ? deep : colours)[trace.spans.service[i]];
      c.fillRect(x, y, w, Math.max(dots, line * 0.8));
    });
    this.update();
  }

  // update moves the window and the axis.
  update() {
    const { trace, from, to } = this.view;
    const length = Math.max(1, trace.length);
    this.window.style.left = (100 * from) / length + "%";
    this.window.style.width = Math.max(0.2, (100 * (to - from)) / length) + "%";
    this.box.classList.toggle("zoomed", from > 0 || to < trace.length);
    this.ticks.replaceChildren(...this.view.ticks.map((at) => {
      const label = make("span", {}, at ? time(at) : "0");
      label.style.left = (100 * (at - from)) / Math.max(1, to - from) + "%";
      return label;
    }));
  }

  // grab moves the window or one of its edges, or makes a new one.
  grab(e) {
    if (e.button !== 0) return;
    e.preventDefault();
    const { view } = this;
    const start = this.at(e), { from, to } = view;
    const r = this.box.getBoundingClientRect(), edge = (8 / r.width) * view.trace.length;
    const zoomed = from > 0 || to < view.trace.length;
    const mode = zoomed && Math.abs(start - from) < edge ? "from" : zoomed && Math.abs(start - to) < edge ? "to" : zoomed && start > from && start < to ? "move" : "new";
    this.box.setPointerCapture(e.pointerId);
    const move = (m) => {
      const now = this.at(m);
      if (mode === "from") view.zoom(Math.min(now, to), to);
      else if (mode === "to") view.zoom(from, Math.max(now, from));
      else if (mode === "move") view.move(from + now - start, to - from);
      else if (Math.abs(now - start) > edge / 4) view.zoom(Math.min(start, now), Math.max(start, now));
    };
    const done = () => {
      this.box.removeEventListener("pointermove", move);
      this.box.removeEventListener("pointerup", done);
      this.box.removeEventListener("pointercancel", done);
    };
    this.box.addEventListener("pointermove", move);
    this.box.addEventListener("pointerup", done);
    this.box.addEventListener("pointercancel", done);
  }
}

// ticksOf are round times between two others, about as many as fit.
export function ticksOf(from, to, width) {
  const most = Math.max(2, Math.floor(width / 110)), rough = Math.max(1, (to - from) / most);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((s) => s >= rough) ?? power;
  const ticks = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) ticks.push(at);
  return ticks;
}
