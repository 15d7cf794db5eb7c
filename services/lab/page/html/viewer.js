// The viewer of a trace. The page has its words; this draws its spans, which it gets as JSON (see explore/document.go).
import { Trace } from "./viewer_trace.js";
import { View } from "./viewer_view.js";
import { Input, copy } from "./viewer_input.js";

const root = document.getElementById("viewer"), loading = document.getElementById("loading");

for (const button of document.querySelectorAll("button[data-copy]")) button.addEventListener("click", () => copy(button.dataset.copy));

try {
  const answer = await fetch(root.dataset.from);
  if (!answer.ok) throw new Error(await answer.text());
  const trace = new Trace(await answer.json());
  loading.hidden = true;
  if (trace.count) {
    document.getElementById("work").hidden = false;
    new Input(new View(trace));
  } else {
    loading.hidden = false;
    loading.textContent = "This trace has no spans.";
  }
  if (trace.left) {
    loading.hidden = false;
    loading.textContent = `The first ${trace.count} spans are shown, and ${trace.left} are left out.`;
  }
  root.dataset.ready = Math.round(performance.now()); // ms since the page was asked for
} catch (e) {
  loading.className = "error";
  loading.textContent = "The spans cannot be shown: " + e.message;
}
