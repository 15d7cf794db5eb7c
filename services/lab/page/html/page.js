// Conveniences. The page works without them.
"use strict";
document.documentElement.classList.add("scripted");

// A click on a value sets its parameter in the path.
for (const value of document.querySelectorAll("button[data-add]")) {
  value.disabled = false;
  value.title = "set in the path";
  value.addEventListener("click", () => {
    const path = document.getElementById("path");
    const [before, query = ""] = path.value.split("?");
    const name = value.dataset.add.split("=")[0];
    const kept = query.split("&").filter((pair) => pair && pair.split("=")[0] !== name);
    path.value = before + "?" + [...kept, value.dataset.add].join("&");
    path.focus();
  });
}

// A long form says how far its work is. The server sends a line of JSON for each step, and at the end the address of the result.
for (const form of document.querySelectorAll("form[data-long]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, form.querySelector("button"));
  });
}

async function send(form, button) {
  button.disabled = true;
  form.querySelector(".progress, .error")?.remove();
  const box = document.createElement("div");
  box.className = "progress";
  box.setAttribute("role", "status");
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", "progress");
  const text = document.createElement("span");
  text.textContent = "sent";
  box.append(bar, text);
  form.append(box);
  try {
    const response = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/x-ndjson" },
      body: new URLSearchParams(new FormData(form)),
    });
    for await (const news of lines(response)) {
      if (news.to) {
        location.assign(news.to);
        return;
      }
      if (news.error) throw new Error(news.error);
      text.textContent = news.text;
      if (news.of) {
        bar.max = news.of;
        bar.value = news.done ?? 0;
      }
    }
    throw new Error("the lab stopped answering: is it still running?");
  } catch (err) {
    box.className = "error";
    box.setAttribute("role", "alert");
    box.textContent = err instanceof TypeError ? "The lab cannot be reached: is it still running?" : err.message;
    button.disabled = false;
  }
}

// lines reads a response's lines of JSON.
async function* lines(response) {
  if (!response.ok || !response.body) throw new Error("the lab answered " + response.status);
  let rest = "";
  for (const reader = response.body.pipeThrough(new TextDecoderStream()).getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n");
    rest = parts.pop();
    for (const part of parts) yield JSON.parse(part);
  }
}

// The back button shows the page as it was before.
addEventListener("pageshow", () => {
  for (const box of document.querySelectorAll("form[data-long] .progress")) box.remove();
  for (const button of document.querySelectorAll("form[data-long] button")) button.disabled = false;
});

// Commands can be copied.
for (const command of document.querySelectorAll("pre.command")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain";
  button.textContent = "Copy";
  button.setAttribute("aria-label", "Copy the command");
  const line = document.createElement("div");
  line.className = "copied";
  command.replaceWith(line);
  line.append(command, button);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(command.textContent);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });
}

// The catalogue: its groups are open where there is room, and the filter works while one types. The address has the filter.
const filter = document.querySelector(".catalogue form.filter");
if (filter) {
  const input = filter.querySelector("input");
  const groups = [...document.querySelectorAll(".catalogue details.group")];
  const wide = matchMedia("(min-width: 45rem)").matches;
  const show = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const group of groups) {
      const name = group.querySelector("b").textContent;
      let here = 0;
      for (const entry of group.querySelectorAll(".entry")) {
        const text = (name + " " + entry.textContent + " " + entry.querySelector("a").pathname).toLowerCase();
        entry.hidden = !words.every((word) => text.includes(word));
        here += !entry.hidden;
      }
      group.hidden = here === 0;
      group.open = words.length ? here > 0 : wide;
      found += here;
    }
    document.getElementById("matches").textContent = words.length ? found + (found === 1 ? " match" : " matches") : "";
  };
  input.addEventListener("input", () => {
    show();
    history.replaceState(null, "", input.value ? "?q=" + encodeURIComponent(input.value) : location.pathname);
  });
  filter.addEventListener("submit", (event) => {
    event.preventDefault();
    document.querySelector(".entry:not([hidden]) a")?.focus();
  });
  show();
}

// The map of the services is renewed while it is visible.
async function renew() {
  const flow = document.getElementById("flow");
  if (document.visibilityState === "visible" && !flow.contains(document.activeElement) && !document.querySelector(".progress")) {
    const response = await fetch(flow.dataset.refresh).catch(() => null);
    if (response?.ok) {
      const open = flow.querySelector("details")?.open;
      const made = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("flow");
      if (made.querySelector("details")) made.querySelector("details").open = open ?? false;
      document.getElementById("flow").replaceWith(made);
    }
  }
}
if (document.getElementById("flow")) setInterval(renew, 5000);
if (document.querySelector("#flow[data-reading]")) setTimeout(renew, 1000);
