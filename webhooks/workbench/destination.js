// Whom: a queue, a colleague or a number, for handing on, asking first and inviting.

import { html, useEffect, useState } from "./vendor/htm-preact.js";
import { get } from "./api.js";

const NUMBER = /^\+?[0-9*#]{3,20}$/;

function Colleagues({ colleagues, t }) {
  if (!colleagues.length) return null;
  return html`<optgroup label=${t("colleagues")}>
    ${colleagues.map((agent) => html`<option value=${`agent:${agent.id}`}>${agent.name} · ${t(agent.presence)}</option>`)}</optgroup>`;
}

function Queues({ queues, t }) {
  return html`<optgroup label=${t("queues")}>
    ${queues.map((queue) => html`<option value=${`queue:${queue.name}`}>${t.pick(queue.label, queue.name)} · ${queue.ready}/${queue.staff} ${t("ready")}</option>`)}</optgroup>`;
}

// `what`: "transfer" | "consult" | "invite"; `onDone({ to, target })`.
export function Destination({ what, one, desk, t, onDone, onClose }) {
  const [colleagues, setColleagues] = useState([]);
  const [chosen, setChosen] = useState("");
  const [number, setNumber] = useState("");
  const taken = new Set([one.agent, ...(one.guests || []).map((guest) => guest.who)]);
  useEffect(() => {
    get("/api/agents").then((told) => setColleagues(told.agents.filter((agent) => !taken.has(agent.id)))).catch(() => {});
  }, []);
  const takesNumber = one.medium === "voice" && what !== "invite" && desk.presets.can_dial;
  const isReady = chosen || NUMBER.test(number);
  const submit = (event) => {
    event.preventDefault();
    const [to, target] = chosen ? chosen.split(/:(.*)/s) : ["outside", number];
    if (isReady) onDone({ to, target });
  };
  return html`<form class="callbar-form" onSubmit=${submit} onKeyDown=${(event) => { if (event.key === "Escape") onClose(); }}>
    <label class="small" for="callbar-target">${t(`to_${what}`)}</label>
    <select id="callbar-target" value=${chosen} onChange=${(event) => { setChosen(event.target.value); setNumber(""); }}>
      <option value="">${t("chooseTarget")}</option>
      ${what === "transfer" && html`<${Queues} queues=${desk.queues} t=${t} />`}
      <${Colleagues} colleagues=${colleagues} t=${t} />
    </select>
    ${takesNumber && html`<input type="tel" inputmode="tel" autocomplete="off" maxlength="21" aria-label=${t("number")} placeholder=${t("orNumber")} value=${number}
      onInput=${(event) => { setNumber(event.target.value.trim()); setChosen(""); }} />`}
    <span class="callbar-end"><button class="button primary" type="submit" disabled=${!isReady}>${t(what)}</button>
    <button class="button plain" type="button" onClick=${onClose}>${t("close")}</button></span>
  </form>`;
}
