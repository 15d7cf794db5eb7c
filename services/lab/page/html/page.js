// Conveniences. The page works without them.

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

// A form that was sent shows that, and cannot be sent again meanwhile.
const labels = new Map();
for (const form of document.forms) {
  form.addEventListener("submit", () => {
    const button = form.querySelector("button");
    labels.set(button, button.textContent);
    button.disabled = true;
    button.textContent = "Sending …";
    document.getElementById("status").textContent = "Waiting for the response and its traces.";
  });
}

// The back button shows the page as it was before.
addEventListener("pageshow", () => {
  for (const [button, label] of labels) {
    button.disabled = false;
    button.textContent = label;
  }
  labels.clear();
  document.getElementById("status").textContent = "";
});
