// Keeps the list of what is not ready up to date, until everything is.
const waiting = document.getElementById("waiting");

async function update() {
  let parts;
  try {
    parts = await (await fetch("/waiting")).json();
  } catch {
    parts = [{ name: "lab", state: "is not running" }];
  }
  if (!parts.length) {
    location.reload(); // the page may show more now
    return;
  }
  waiting.querySelector("ul").replaceChildren(...parts.map(({ name, state }) => {
    const item = document.createElement("li");
    const label = document.createElement("b");
    label.textContent = name;
    item.append(label, " ", state);
    return item;
  }));
  setTimeout(update, 1000);
}

setTimeout(update, 1000);
