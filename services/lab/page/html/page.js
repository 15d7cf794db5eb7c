// What helps beyond HTML; the page works without it.

// A value of a parameter that is picked goes into the path, instead of another of the same parameter.
for (const value of document.querySelectorAll("button[data-add]")) {
  value.disabled = false;
  value.title = "add to the path";
  value.addEventListener("click", () => {
    const path = document.getElementById("path");
    const [before, query = ""] = path.value.split("?");
    const name = value.dataset.add.split("=")[0];
    const kept = query.split("&").filter((pair) => pair && pair.split("=")[0] !== name);
    path.value = before + "?" + [...kept, value.dataset.add].join("&");
    path.focus();
  });
}

// What was sent says so, and is not sent twice.
const labels = new Map();
for (const form of document.forms) {
  form.addEventListener("submit", () => {
    const button = form.querySelector("button");
    labels.set(button, button.textContent);
    button.disabled = true;
    button.textContent = "Sending …";
    document.getElementById("status").textContent = "Sending, and waiting for the traces.";
  });
}

// Whoever comes back finds the page as it was.
addEventListener("pageshow", () => {
  for (const [button, label] of labels) {
    button.disabled = false;
    button.textContent = label;
  }
  labels.clear();
  document.getElementById("status").textContent = "";
});
