// The visitor's session: its token is kept in this browser, so that a reload continues the same chat.

const channel = new URLSearchParams(location.search).get("channel") || "";
const KEY = `zj-chat-token:${channel}`;

let token = read();

function read() {
  try {
    return localStorage.getItem(KEY) || "";
  } catch {
    return ""; // storage may be forbidden inside a frame: the chat then lives as long as the page
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
    // see read()
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

export async function begin(language) {
  if (token) return;
  const { token: fresh } = await post("/chat/session", { language, channel }, language);
  keep(fresh);
}

export const say = (text, clientId, language) => post("/chat/messages", { text, client_id: clientId }, language);
export const end = (language) => post("/chat/end", {}, language);

export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
