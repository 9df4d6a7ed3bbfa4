// The form of a new letter: keeps it as a draft while it is typed, shows what is asked for and answered, counts
// characters, and sends it once. What was typed becomes textContent and nothing else.

const form = document.querySelector("form[data-draft]");
const kept = document.getElementById("kept");
const SAVE_AFTER = 1000;
let timer = 0;
let sending = false;

for (const area of form.querySelectorAll("[data-max]")) {
  const shown = document.getElementById(area.id + "-count");
  const max = Number(area.dataset.max);
  const count = () => {
    // Characters as the server counts them, not UTF-16 units.
    const length = [...area.value.trim()].length;
    const numbers = `${length.toLocaleString("en")} of ${max.toLocaleString("en")} characters`;
    shown.textContent = length > max ? `${numbers}: ${(length - max).toLocaleString("en")} too many` : numbers;
    shown.classList.toggle("over", length > max);
  };
  area.addEventListener("input", count);
  count();
}

form.addEventListener("input", () => {
  clearTimeout(timer);
  kept.textContent = "";
  timer = setTimeout(save, SAVE_AFTER);
});

form.addEventListener("submit", (event) => {
  if (sending) return event.preventDefault();
  sending = true;
  clearTimeout(timer);
});

// The browser shows the page again as it was left, for example after Back.
addEventListener("pageshow", () => (sending = false));

addEventListener("pagehide", () => {
  if (timer && !sending) save(true);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});

async function save(leaving = false) {
  timer = 0;
  // The session may be a newer one than that of the page.
  const proof = document.cookie.match(/(?:^|; )(?:__Host-)?csrf_access_token=([^;]*)/)?.[1];
  const headers = proof ? { "x-csrf-token": proof } : {};
  const request = { method: "POST", headers, body: new FormData(form), keepalive: leaving === true };
  try {
    const answer = await fetch(form.dataset.draft, request);
    if (answer.ok) {
      kept.textContent = "Draft kept.";
      if (!leaving) show(await answer.json());
    } else kept.textContent = answer.status === 401 ? "You are logged out; your text stays in this page." : "Not kept yet.";
  } catch {
    kept.textContent = "Not kept yet: the site does not answer. Trying again when you type.";
  }
}

// The same lists as in templates/asked.html and templates/unsaid.html.
function show(map) {
  const part = (name, id) => document.getElementById(name + id);
  const summary = part("asked", "-summary");
  if (summary.textContent !== map.summary) summary.textContent = map.summary;
  part("asked", "-empty").hidden = map.asked.length > 0;
  part("unsaid", "").hidden = map.unsaid.length === 0;
  const asked = map.asked.map(({ state, tag, text, words, question, field }) => {
    const open = question && element("span", { className: "question" }, question);
    if (open && field) open.append(" ", element("a", { href: "#" + field.id }, field.label));
    const name = element("strong", { dir: "auto" }, text);
    return element("li", { className: state }, element("span", { className: "tag" }, tag), name, ...words.map(own), open);
  });
  part("asked", "-list").replaceChildren(...asked);
  const unsaid = map.unsaid.map(({ quote, why }) => element("li", {}, own(quote), element("span", { className: "question" }, why)));
  part("unsaid", "-list").replaceChildren(...unsaid);
}

function own({ words, field }) {
  const quote = element("q", { dir: "auto" }, words);
  return element("span", { className: "own" }, quote, element("span", { className: "when" }, field.label));
}

function element(name, properties, ...parts) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...parts.filter(Boolean).flatMap((part, at) => (at ? [" ", part] : [part])));
  return made;
}
