// The page of a letter: follows it while it is written, copies it, and saves the owner's version on Ctrl+Enter.
// Text from the model becomes textContent and nothing else.

const letter = document.getElementById("letter");
const state = document.getElementById("state");
const elapsed = document.getElementById("elapsed");

if (letter?.dataset.events) follow(letter.dataset.events);

const copy = document.getElementById("copy");
if (copy && navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(letter.textContent);
    copy.textContent = "Copied";
    setTimeout(() => (copy.textContent = "Copy"), 2000);
  });
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.target.closest?.("form")?.requestSubmit();
  }
});

const editor = document.getElementById("editor");
const kept = document.getElementById("kept");
let timer = 0;
editor?.addEventListener("input", () => {
  clearTimeout(timer);
  kept.textContent = "";
  timer = setTimeout(save, 1500);
});
editor?.addEventListener("submit", () => clearTimeout(timer));

async function save() {
  // The session may be a newer one than that of the page.
  const proof = document.cookie.match(/(?:^|; )(?:__Host-)?csrf_access_token=([^;]*)/)?.[1];
  const headers = proof ? { "x-csrf-token": proof } : {};
  try {
    const answer = await fetch(editor.action, { method: "POST", headers, body: new FormData(editor) });
    if (answer.ok) kept.textContent = "Saved.";
    else kept.textContent = answer.status === 401 ? "You are logged out; your text stays in this page." : "Not saved yet.";
  } catch {
    kept.textContent = "Not saved yet: the site does not answer.";
  }
}

function follow(url) {
  // The stream sends the letter from its first character; what the page was served with is replaced.
  const text = document.createTextNode("");
  letter.replaceChildren(text);
  let characters = 0;
  let finished = false;
  const since = Date.now() - 1000 * Number(elapsed?.dataset.seconds ?? 0);
  setInterval(() => {
    if (elapsed && !finished) elapsed.textContent = inWords(Math.floor((Date.now() - since) / 1000));
  }, 1000);

  const events = new EventSource(url);
  events.addEventListener("state", (event) => {
    const now = JSON.parse(event.data);
    state.dataset.state = now.state;
    state.parentElement.className = "state " + now.state;
    if (state.textContent !== now.words) state.textContent = now.words;
  });
  events.addEventListener("text", (event) => {
    const piece = JSON.parse(event.data);
    // Offsets count characters, not UTF-16 units. After a reconnection pieces may overlap.
    const added = [...piece.text].slice(Math.max(0, characters - piece.offset));
    if (piece.offset > characters || added.length === 0) return;
    const atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 40;
    characters += added.length;
    text.appendData(added.join(""));
    if (atEnd) scrollTo({ top: document.documentElement.scrollHeight });
  });
  events.addEventListener("done", (event) => {
    finished = true;
    events.close();
    state.textContent = JSON.parse(event.data).words;
    letter.setAttribute("aria-busy", "false");
    location.reload();
  });
  events.addEventListener("error", () => {
    // The browser connects again by itself unless it was refused: then the page says why.
    if (events.readyState === EventSource.CLOSED && !finished) setTimeout(() => location.reload(), 2000);
  });
}

function inWords(seconds) {
  if (seconds < 1) return "under a second";
  if (seconds === 1) return "1 second";
  return seconds < 120 ? `${seconds} seconds` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
