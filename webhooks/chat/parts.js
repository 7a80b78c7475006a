// The chat page's head (who is there, connection, language), its welcome and its "end?" question.

import { html, useEffect, useRef, useState } from "../workbench/vendor/htm-preact.js";
import { Icon } from "../workbench/icons.js";

// As it was when the page was opened: before the first word nothing streams.
const areAway = () => document.querySelector('meta[name="people"]').content === "away";

function statusLine(status, line, t) {
  if (line === "lost") return [t("lost"), "warn"];
  if (line === "connecting") return [t("connecting"), "warn"];
  switch (status.state) {
    case "bot": return [t("bot"), "good"];
    case "queued":
    case "connecting": return [status.position ? t("place", { position: status.position }) : t("waiting"), "warn"];
    case "talking": return [t("talking", { name: status.agent || "" }), "good"];
    case "over": return [t("wrap"), "idle"];
    default: return areAway() ? [t("away"), "idle"] : [t("idle"), "good"];
  }
}

// By telephone instead. In a chat the call can go on as this chat: a code says so, dialled along where the phone can.
function CallButton({ phone, t, onCode }) {
  const label = phone ? t("call", { phone }) : t("callMe");
  if (!onCode) return html`<a class="button plain head-button" href=${`tel:${phone}`} aria-label=${label} title=${label}><${Icon} name="phone" /></a>`;
  return html`<button class="button plain head-button" type="button" aria-label=${label} title=${label} onClick=${onCode}><${Icon} name="phone" /></button>`;
}

export function Head({ status, line, t, canEnd, onEnd, onLanguage, phone, onCode, children }) {
  const [text, mood] = statusLine(status, line, t);
  const name = document.querySelector(`meta[name="site-name"][lang="${t.language}"]`).content;
  return html`<header class="head">
    <span class="avatar" aria-hidden="true">${Array.from(name)[0]}</span>
    <div class="head-text">
      <h1><bdi>${name}</bdi></h1>
      <p class="status ${mood}" role="status" aria-live="polite"><span class="dot"></span><bdi>${text}</bdi></p>
    </div>
    ${children}
    ${(phone || onCode) && html`<${CallButton} phone=${phone} t=${t} onCode=${onCode} />`}
    <button class="button plain head-button language" type="button" aria-label=${t("otherLabel")} onClick=${onLanguage}>${t("other")}</button>
    ${canEnd && html`<button class="button plain head-button" type="button" onClick=${onEnd}>${t("end")}</button>`}
  </header>`;
}

export function Welcome({ t, onStart }) {
  return html`<section class="welcome">
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M4 5h16v11H9l-5 4z" /><path d="M8 9h8M8 12h5" /></svg>
    <h2>${t("welcome")}</h2>
    <p class="quiet">${t("welcomeMore")}</p>
    <button class="button primary" type="button" onClick=${onStart}>${t("start")}</button>
  </section>`;
}

export const Closed = ({ closed, language }) => html`<p class="closed text" role="status" dir="auto"><${Icon} name="clock" /><span>${closed[language] || closed.en || closed.zh}</span></p>`;

const TYPES = { phone: "tel", email: "email" };
const FILLED = { name: "name", phone: "tel", email: "email" };

// What the site asks before the first word.
export function Questions({ form, t, language, name, onDone }) {
  const [answers, setAnswers] = useState(name ? { name } : {});
  const submit = (event) => {
    event.preventDefault();
    onDone(Object.fromEntries(form.map(({ key }) => [key, (answers[key] || "").trim()])));
  };
  return html`<form class="welcome questions" onSubmit=${submit}>
    <h2>${t("welcome")}</h2>
    <p class="quiet">${t("askFirst")}</p>
    ${form.map(({ key, label, required }) => html`<label class="field" key=${key}><span>${label[language] || label.en || key}${required ? " *" : html` <span class="quiet">${t("optional")}</span>`}</span>
      <input class="input" name=${key} type=${TYPES[key] || "text"} autocomplete=${FILLED[key] || "off"} maxlength="200" required=${required} value=${answers[key] || ""}
        onInput=${(event) => setAnswers({ ...answers, [key]: event.target.value })} /></label>`)}
    <button class="button primary" type="submit">${t("start")}</button>
  </form>`;
}

export function Ending({ t, onYes, onNo }) {
  const first = useRef(null);
  useEffect(() => first.current.focus(), []);
  const onKeyDown = (event) => { if (event.key === "Escape") { event.stopPropagation(); onNo(); } };
  return html`<div class="asking" role="alertdialog" aria-label=${t("endSure")} onKeyDown=${onKeyDown}>
    <p>${t("endSure")}</p>
    <button class="button" type="button" ref=${first} onClick=${onNo}>${t("keep")}</button>
    <button class="button danger" type="button" onClick=${onYes}>${t("yesEnd")}</button>
  </div>`;
}
