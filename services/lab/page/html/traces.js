// The list of traces: new ones appear by themselves, and a file can be dropped anywhere. The page works without it.
const byId = (id) => document.getElementById(id);
const table = byId("traces"), live = byId("live");

// Times as this browser writes them: the lab may run in another time zone.
function local(within) {
  for (const t of within.querySelectorAll("time[datetime]")) t.textContent = new Date(t.dateTime).toLocaleTimeString(undefined, { hour12: false });
}

const most = 200; // rows of the list
const pause = 2000, pauseAfterError = 5000; // ms
const late = 15e6; // µs that a trace may take to arrive, or to grow
let timer = 0, asking = false, looked = Number(table?.dataset.now);

async function look() {
  clearTimeout(timer);
  if (asking || document.hidden || !live.checked) return;
  asking = true;
  let wait = pause;
  try {
    const query = new URLSearchParams(table.dataset.query), began = performance.now();
    query.set("since", String(looked - late));
    const answer = await fetch("/traces/rows?" + query);
    const text = await answer.text();
    if (!answer.ok || answer.headers.has("X-Problem")) throw new Error(text);
    looked = Number(answer.headers.get("X-Now"));
    wait = Math.max(pause, 5 * (performance.now() - began)); // a busy Jaeger is asked less often
    problem("");
    merge(text, answer.headers.has("X-More"));
  } catch (e) {
    wait = pauseAfterError;
    problem((e instanceof TypeError ? "The lab does not answer." : e.message.trim()) + " The list goes on by itself once it does.");
  }
  asking = false;
  timer = setTimeout(look, wait);
}

function problem(text) {
  const p = byId("problem");
  if (p.textContent !== text) p.textContent = text;
  p.hidden = !text;
}

// merge adds new rows and replaces those that have changed. A row that has the focus keeps it.
function merge(text, more) {
  const parsed = document.createElement("template");
  parsed.innerHTML = `<table><tbody>${text}</tbody></table>`; // escaped by the lab
  const body = table.tBodies[0];
  if (more) for (const row of [...body.rows]) if (!row.contains(document.activeElement)) row.remove(); // too many to say what is between
  const known = new Map([...body.rows].map((r) => [r.dataset.id, r]));
  let added = 0;
  for (const row of parsed.content.querySelectorAll("tr")) {
    local(row);
    const old = known.get(row.dataset.id);
    if (old?.dataset.v === row.dataset.v) continue;
    const focused = old?.contains(document.activeElement);
    if (old) old.replaceWith(row);
    else {
      added++;
      row.classList.add("new");
      const after = [...body.rows].find((r) => Number(r.dataset.at) <= Number(row.dataset.at));
      body.insertBefore(row, after ?? null);
    }
    if (focused) row.querySelector("a").focus({ preventScroll: true });
  }
  let last = body.rows[body.rows.length - 1];
  while (body.rows.length > most && !last.contains(document.activeElement)) {
    last.remove();
    last = body.rows[body.rows.length - 1];
    byId("older")?.remove(); // it leads to what was older than the removed ones
  }
  if (added) byId("count").textContent = `${body.rows.length} traces`;
  lengths();
  table.hidden = !body.rows.length;
  byId("none").hidden = body.rows.length > 0;
}

// The lines below durations compare those of the list.
function lengths() {
  const rows = [...document.querySelectorAll("tr[data-us]")];
  const longest = Math.max(1, ...rows.map((r) => Number(r.dataset.us)));
  for (const row of rows) row.querySelector(".dur").style.setProperty("--length", Number(row.dataset.us) / longest);
}

local(document);
lengths();
if (live) {
  live.closest("label").hidden = false;
  live.addEventListener("change", look);
  document.addEventListener("visibilitychange", look);
  timer = setTimeout(look, pause);
}

// Empty fields stay out of the address.
document.querySelector("form.filter")?.addEventListener("submit", (e) => {
  for (const field of e.target.elements) if (field.name && !field.value) field.disabled = true;
});
addEventListener("pageshow", () => {
  for (const field of document.querySelectorAll("form.filter :disabled")) field.disabled = false;
});

// A file that is dropped is sent by the form.
const file = byId("file");
if (file) {
  addEventListener("dragover", (e) => {
    if (!e.dataTransfer.types.includes("Files")) return;
    e.preventDefault();
    document.body.classList.add("dropping");
  });
  addEventListener("dragleave", (e) => e.relatedTarget ?? document.body.classList.remove("dropping"));
  addEventListener("drop", (e) => {
    if (!e.dataTransfer.files.length) return;
    e.preventDefault();
    document.body.classList.remove("dropping");
    const one = new DataTransfer();
    one.items.add(e.dataTransfer.files[0]);
    file.files = one.files;
    file.form.requestSubmit();
  });
  file.addEventListener("change", () => file.files.length && file.form.requestSubmit());
}
