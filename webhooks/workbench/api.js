// Asks the server: JSON in and out, the CSRF header, refusals as errors with a code and a sentence.

let csrf = "";
let language = "en";
let onSignedOut = () => {};

export function configure(values) {
  if ("csrf" in values) csrf = values.csrf;
  if ("language" in values) language = values.language;
  if ("noAnswer" in values) noAnswer = values.noAnswer;
  if ("onSignedOut" in values) onSignedOut = values.onSignedOut;
}

// The page's own words for "nobody answered": a browser's are English and name no mend.
let noAnswer = "";

async function fetched(path, asked) {
  try {
    return await fetch(path, { cache: "no-store", ...asked });
  } catch {
    throw Object.assign(new Error(noAnswer), { status: 0, code: "no-answer" });
  }
}

async function ask(method, path, body) {
  const headers = { "X-Language": language };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET") headers["X-CSRF-Token"] = csrf;
  const response = await fetched(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  if (response.status === 401 && path !== "/api/login") onSignedOut();
  throw Object.assign(new Error(answer.detail || `${response.status}`), { status: response.status, code: answer.error || "" });
}

// A file's raw bytes; what it is, the server sees for itself.
export async function upload(path, file) {
  const headers = { "X-Language": language, "X-CSRF-Token": csrf, "Content-Type": file.type || "application/octet-stream" };
  const response = await fetched(path, { method: "POST", headers, body: file });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw Object.assign(new Error(answer.detail || `${response.status}`), { status: response.status, code: answer.error || "" });
  return answer;
}

export const get = (path) => ask("GET", path);
export const post = (path, body = {}) => ask("POST", path, body);

export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// What a browser remembers between visits; it may be forbidden to.
export const memory = {
  read(key, otherwise = "") {
    try { return localStorage.getItem(`zj-${key}`) ?? otherwise; } catch { return otherwise; }
  },
  keep(key, value) {
    try {
      if (value === "") localStorage.removeItem(`zj-${key}`);
      else localStorage.setItem(`zj-${key}`, value);
    } catch { /* not remembered, then */ }
  },
};
