// Calling this contact from a conversation: now, or promised for later.

import { html, useState } from "./vendor/htm-preact.js";
import { Icon } from "./icons.js";
import { day } from "./time.js";

const DIGITS = /\+?\d[\d -]{5,18}\d/g;
const HOUR_S = 3600;
const MORNING = 10;

// The contact's number, or the last one they wrote.
function numberOf(one, story) {
  const known = one.person?.addresses?.find(([scope]) => scope === "tel")?.[1];
  if (known) return known;
  const texts = (story?.messages || []).filter((message) => message.direction === "in").map((message) => message.text);
  return texts.flatMap((text) => text.match(DIGITS) || []).pop()?.replace(/[ -]/g, "") || "";
}

const Number = ({ number, t, label, onNumber }) => html`<label class="small" for="callbar-number">${label}</label>
  <input id="callbar-number" type="tel" inputmode="tel" autocomplete="off" maxlength="21" placeholder=${t("number")} value=${number} onInput=${(event) => onNumber(event.target.value.trim())} />`;

const escapes = (onClose) => (event) => { if (event.key === "Escape") onClose(); };

export function CallNow({ one, story, t, onDone, onClose }) {
  const [number, setNumber] = useState(() => numberOf(one, story));
  const submit = (event) => { event.preventDefault(); onDone({ parent: one.id, number }); };
  return html`<form class="callbar-form" onSubmit=${submit} onKeyDown=${escapes(onClose)}>
    <${Number} number=${number} t=${t} label=${t("liftTo")} onNumber=${setNumber} />
    <span class="callbar-end"><button class="button primary" type="submit" disabled=${!number}><${Icon} name="phone" /><span>${t("callContact")}</span></button>
    <button class="button plain" type="button" onClick=${onClose}>${t("close")}</button></span>
  </form>`;
}

function tomorrow() {
  const then = new Date();
  then.setDate(then.getDate() + 1);
  then.setHours(MORNING, 0, 0, 0);
  return then.getTime() / 1000;
}

// A value of `datetime-local`: the agent's own wall clock.
const local = (at) => new Date(at * 1000 - new Date(at * 1000).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

// `onDone({ parent, address, due_at, mine })`; due_at null: as soon as the talk is over.
export function CallLater({ one, story, now, t, onDone, onClose }) {
  const [number, setNumber] = useState(() => numberOf(one, story));
  const [when, setWhen] = useState("soon");
  const [chosen, setChosen] = useState(() => local(now + HOUR_S));
  const [isMine, setMine] = useState(true);
  const instants = { soon: () => null, half: () => now + HOUR_S / 2, hour: () => now + HOUR_S, tomorrow, choose: () => new Date(chosen).getTime() / 1000 };
  const words = { soon: t("when_soon"), half: t("when_half"), hour: t("when_hour"), tomorrow: t("when_tomorrow", { at: day(tomorrow(), t.language) }), choose: t("when_choose") };
  const due = instants[when]();
  const isReady = number && (due === null || due > now - 60);
  const submit = (event) => { event.preventDefault(); if (isReady) onDone({ parent: one.id, address: number, due_at: due, mine: isMine }); };
  return html`<form class="callbar-form" onSubmit=${submit} onKeyDown=${escapes(onClose)}>
    <${Number} number=${number} t=${t} label=${t("promiseTo")} onNumber=${setNumber} />
    <select aria-label=${t("when")} value=${when} onChange=${(event) => setWhen(event.target.value)}>${Object.keys(instants).map((key) => html`<option value=${key}>${words[key]}</option>`)}</select>
    ${when === "choose" && html`<input type="datetime-local" aria-label=${t("when")} min=${local(now)} value=${chosen} onInput=${(event) => setChosen(event.target.value)} />`}
    <label class="callbar-check"><input type="checkbox" checked=${isMine} onChange=${(event) => setMine(event.target.checked)} /><span>${t("byMe")}</span></label>
    <span class="callbar-end"><button class="button primary" type="submit" disabled=${!isReady}><${Icon} name="clock" /><span>${t("promise")}</span></button>
    <button class="button plain" type="button" onClick=${onClose}>${t("close")}</button></span>
  </form>`;
}
