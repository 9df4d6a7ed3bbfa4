// Passkeys: asks the site what to ask for, asks the browser, and sends its answer with the form, as any form is sent.

const form = document.querySelector("form[data-passkey]");
const told = document.getElementById("passkey-status");

if (form) begin(unavailable());

function begin(why) {
  if (why) return say(why);
  form.closest("[hidden]").hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  // The browser may show the page again as it was left, for example after Back.
  addEventListener("pageshow", () => rest(false));
}

// Why there are no passkeys here; nothing where there are.
function unavailable() {
  if (/^[\d.]+$|^\[/.test(location.hostname)) return "Passkeys work where the site has a name, not at an IP address.";
  if (!isSecureContext) return "Passkeys work over https only.";
  if (!window.PublicKeyCredential) return "This browser does not support passkeys.";
}

async function ask() {
  rest(true);
  say("Waiting for your device.");
  try {
    const answer = await fetch(form.dataset.options, request());
    const options = await answer.json();
    if (!answer.ok) return fail(answer.status === 401 ? "You are logged out. Log in and try it again." : options.msg);
    const credential = await (adds() ? create(options) : get(options));
    form.elements.credential.value = JSON.stringify(json(credential));
    // The site has seen it, and need not again.
    if (form.elements.password) form.elements.password.value = "";
    if (adds() && proof()) form.elements.csrf_token.value = proof();
    say("");
    form.submit();
  } catch (error) {
    fail(words(error));
  }
}

function adds() {
  return form.dataset.passkey === "create";
}

function request() {
  if (!adds()) return { method: "POST" };
  return { method: "POST", headers: proof() ? { "x-csrf-token": proof() } : {}, body: new FormData(form) };
}

// The proof of the session of now, which may be a newer one than that of the page.
function proof() {
  return document.cookie.match(/(?:^|; )(?:__Host-)?csrf_access_token=([^;]*)/)?.[1];
}

function say(text) {
  told.textContent = text;
  told.classList.remove("error");
}

function fail(text) {
  told.textContent = text;
  told.classList.add("error");
  rest(false);
}

// Asks for nothing twice at the same time.
function rest(waits) {
  form.querySelector("button").disabled = waits;
}

function words({ name }) {
  switch (name) {
    case "NotAllowedError":
    case "AbortError":
      if (adds()) return "Nothing was added: it was cancelled, or took too long.";
      return "You are not logged in: it was cancelled, or took too long, or this device has no passkey of this site.";
    case "InvalidStateError":
      return "This device has a passkey for your account already.";
    case "SecurityError":
      return "Passkeys of this site do not work at this address.";
    case "NotSupportedError":
    case "ConstraintError":
      return "This device cannot keep a passkey. It needs a lock: a PIN, a fingerprint or a face.";
    case "TypeError":
    case "SyntaxError":
      return "The site does not answer. Try it again in a moment.";
    default:
      return `That did not work (${name}). Try it again.`;
  }
}

// Most browsers read and write JSON of passkeys themselves; for the others its bytes are in base64url.
function create(options) {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON?.(options) ?? {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: options.excludeCredentials.map((one) => ({ ...one, id: bytes(one.id) })),
  };
  return navigator.credentials.create({ publicKey });
}

function get(options) {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON?.(options) ?? { ...options, challenge: bytes(options.challenge) };
  return navigator.credentials.get({ publicKey });
}

function json(credential) {
  try {
    return credential.toJSON();
  } catch {
    // Programs that keep passwords may offer passkeys of their own, without this.
    const { id, type, rawId, response } = credential;
    const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
    const there = parts.filter((part) => response[part]).map((part) => [part, text(response[part])]);
    return { id, type, rawId: text(rawId), response: Object.fromEntries(there) };
  }
}

function bytes(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
}

function text(buffer) {
  const characters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(characters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
