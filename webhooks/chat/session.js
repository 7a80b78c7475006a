// The visitor's session: its token is kept in this browser, so that a reload continues the same chat.

const channel = new URLSearchParams(location.search).get("channel") || "";
// Who the embedding page says it is, with its server's proof: behind the "#", so that no log keeps it.
const said = new URLSearchParams(location.hash.slice(1));
const identity = { user_id: said.get("user") || "", user_hash: said.get("hash") || "", name: said.get("name") || "" };
const pass = said.get("pass") || ""; // of a link that was sent to this contact: good once, then this browser has a token
const KEY = `zj-chat-token:${channel}${identity.user_id ? `:${identity.user_id}` : ""}${pass ? `:${pass.slice(0, 8)}` : ""}`; // another member, another chat

let token = read();

function read() {
  try {
    return localStorage.getItem(KEY) || "";
  } catch {
    return said.get("token") || ""; // storage may be forbidden inside a frame: the page around it keeps it for us
  }
}

export const hasToken = () => token !== "";
export const authorization = () => ({ Authorization: `Bearer ${token}` });

export function forget() {
  keep("");
}

function keep(value) {
  token = value;
  try {
    if (value) localStorage.setItem(KEY, value);
    else localStorage.removeItem(KEY);
  } catch {
    if (window.parent !== window) window.parent.postMessage({ zongji: "keep", token: value }, "*"); // only sites that may frame us hear it
  }
}

async function post(path, body, language) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Language": language, ...(token ? authorization() : {}) },
    body: JSON.stringify(body),
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw Object.assign(new Error(answer.detail || String(response.status)), { status: response.status });
  return answer;
}

export async function begin(language, name = "") {
  if (token) return;
  const { token: fresh } = await post("/chat/session", { language, channel, ...identity, ...(pass ? { pass } : {}), name: name || identity.name }, language);
  keep(fresh);
}

// What there is to show before the first word: questions, hours, a number to call.
export async function before() {
  const response = await fetch(`/chat/before?${new URLSearchParams({ channel })}`, { cache: "no-store" });
  return response.ok ? response.json() : { form: [], is_open: true, closed: {}, phone: "" };
}

export const knownName = identity.name;
export const say = (text, clientId, language, form) => post("/chat/messages", { text, client_id: clientId, ...(form ? { form } : {}) }, language);
export const callCode = (language) => post("/chat/call-code", {}, language);
export const callPass = (language) => post("/chat/call", {}, language);
export const callBack = (number, language) => post("/chat/callback", { number }, language);
export const typing = (language) => post("/chat/typing", {}, language).catch(() => {});
export const seen = (seq, language) => post("/chat/seen", { seq }, language).catch(() => {});

export async function upload(file, clientId, language) {
  const headers = { "Content-Type": file.type || "application/octet-stream", "X-Language": language, ...authorization() };
  const path = `/chat/files?${new URLSearchParams({ name: file.name, client_id: clientId })}`;
  const response = await fetch(path, { method: "POST", headers, body: file });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw Object.assign(new Error(answer.detail || String(response.status)), { status: response.status });
  return answer;
}
export const end = (language) => post("/chat/end", {}, language);

export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
