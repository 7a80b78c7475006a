// Signing in.

import { html, useEffect, useRef, useState } from "./vendor/htm-preact.js";
import { post } from "./api.js";
import { Icon } from "./icons.js";

export function Login({ t, notice, onSignedIn, onLanguage }) {
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const [trouble, setTrouble] = useState("");
  const [isBusy, setBusy] = useState(false);
  const first = useRef(null);
  useEffect(() => first.current.focus(), []);

  async function submit(event) {
    event.preventDefault();
    const filled = new FormData(event.target); // what a password manager filled in without telling, too
    setBusy(true);
    setTrouble("");
    try {
      onSignedIn(await post("/api/login", { login: filled.get("login").trim(), password: filled.get("password") }));
    } catch (error) {
      setTrouble(error.message);
      setBusy(false);
    }
  }

  return html`<main class="login">
    <form class="login-card" onSubmit=${submit}>
      <img class="login-mark" src="/workbench/icon.svg" alt="" width="48" height="48" />
      <h1>总机 <span class="quiet">Zongji</span></h1>
      <p class="quiet">${t("workbench")}</p>
      ${notice && !trouble && html`<p class="notice" role="status">${notice}</p>`}
      ${trouble && html`<p class="notice" role="alert">${trouble}</p>`}
      <label class="field"><span>${t("login")}</span>
        <input class="input" name="login" autocomplete="username" inputmode="text" autocapitalize="none" required ref=${first}
          value=${login} onInput=${(event) => setLogin(event.target.value)} /></label>
      <label class="field"><span>${t("password")}</span>
        <input class="input" name="password" type="password" autocomplete="current-password" required
          value=${password} onInput=${(event) => setPassword(event.target.value)} /></label>
      <button class="button primary" type="submit" disabled=${isBusy}>${isBusy ? t("signingIn") : t("signIn")}</button>
    </form>
    <button class="button plain login-language" type="button" aria-label=${t("otherLabel")} onClick=${onLanguage}><${Icon} name="globe" />${t("other")}</button>
  </main>`;
}
