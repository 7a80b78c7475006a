// What an agent does within a conversation besides talking: hold, hand on, ask a colleague, talk in three, call.

import { html, useEffect, useState } from "./vendor/htm-preact.js";
import { get, newId, post } from "./api.js";
import { Icon } from "./icons.js";

function Destination({ what, one, desk, t, onDone, onClose }) {
  const [colleagues, setColleagues] = useState([]);
  const [chosen, setChosen] = useState("");
  useEffect(() => {
    get("/api/agents").then((told) => setColleagues(told.agents.filter((agent) => agent.id !== one.agent))).catch(() => {});
  }, []);
  const isNumber = /^\+?\d{3,20}$/.test(chosen) && !colleagues.some((agent) => agent.id === chosen);
  const submit = (event) => {
    event.preventDefault();
    const [to, target] = chosen.includes(":") ? chosen.split(":", 2) : [isNumber ? "outside" : "agent", chosen];
    if (target) onDone({ to, target });
  };
  return html`<form class="callbar-form" onSubmit=${submit}>
    <label class="small" for="callbar-target">${t(`to_${what}`)}</label>
    <select id="callbar-target" value=${chosen} onChange=${(event) => setChosen(event.target.value)}>
      <option value="">${t("chooseTarget")}</option>
      ${what === "transfer" && desk.queues.map((queue) => html`<option value=${`queue:${queue.name}`}>${t("queueNamed", { name: t.pick(queue.label, queue.name) })}</option>`)}
      ${colleagues.map((agent) => html`<option value=${`agent:${agent.id}`}>${agent.name} · ${t(agent.presence)}</option>`)}
    </select>
    ${one.medium === "voice" && html`<input type="tel" inputmode="tel" autocomplete="off" aria-label=${t("number")} placeholder=${t("number")} value=${isNumber ? chosen : ""} onInput=${(event) => setChosen(event.target.value.trim())} />`}
    <button class="button primary" type="submit" disabled=${!chosen}>${t(what)}</button>
    <button class="button plain" type="button" onClick=${onClose}>${t("close")}</button>
  </form>`;
}

function Text({ one, channels, t, onProblem }) {
  const [text, setText] = useState("");
  const [account, setAccount] = useState(channels[0].name);
  const submit = async (event) => {
    event.preventDefault();
    try {
      await post(`/api/interactions/${one.id}/messages`, { text, account, client_id: newId() });
      setText("");
    } catch (error) { onProblem(error); }
  };
  return html`<form class="callbar-form" onSubmit=${submit}>
    ${channels.length > 1 && html`<select aria-label=${t("byChannel")} value=${account} onChange=${(event) => setAccount(event.target.value)}>${channels.map((each) => html`<option value=${each.name}>${each.name}</option>`)}</select>`}
    <input type="text" maxlength="500" aria-label=${t("textToContact")} placeholder=${t("textToContact")} value=${text} onInput=${(event) => setText(event.target.value)} />
    <button class="button" type="submit" disabled=${!text.trim()}>${t("send")}</button>
  </form>`;
}

// The buttons that make sense now, by who is with whom.
function buttonsOf(one, guest, t, ask, open) {
  const button = (word, run, mood = "") => html`<button class="button ${mood}" type="button" onClick=${run}>${t(word)}</button>`;
  if (one.medium !== "voice") return [button("transfer", () => open("transfer")), button("invite", () => open("invite")), button("callContact", () => ask("call"))];
  if (one.talk === "consulting" && guest?.state === "ringing") return [button("cancel", () => ask("cancel"))];
  if (one.talk === "consulting") return [button("complete", () => ask("complete"), "primary"), button("threeWay", () => ask("conference")), button("backToContact", () => ask("cancel"))];
  if (one.talk === "three_way") return [button("leaveToThem", () => ask("complete"), "primary"), button("dropThird", () => ask("cancel"))];
  const first = one.talk === "held" ? button("unhold", () => ask("resume"), "primary") : button("hold", () => ask("hold"));
  return [first, button("transfer", () => open("transfer")), button("consult", () => open("consult"))];
}

export function CallBar({ one, desk, t, onProblem }) {
  const [what, setWhat] = useState("");
  const guest = (one.guests || []).find((each) => each.kind !== "supervisor");
  const ask = async (word, body) => {
    try {
      if (word === "call") await post("/api/calls", { parent: one.id });
      else await post(`/api/interactions/${one.id}/${word}`, body || {});
      setWhat("");
    } catch (error) { onProblem(error); }
  };
  const channels = one.medium === "voice" ? desk.presets.text_channels || [] : [];
  const name = guest && (desk.presets.agents?.[guest.who] || guest.who);
  const state = one.talk === "held" ? t("talk_held") : guest && t(`guest_${guest.state}`, { name });
  return html`<div class="callbar" role="group" aria-label=${t("inCall")}>
    ${state && html`<p class="small" role="status">${state}</p>`}
    <div class="callbar-buttons">${buttonsOf(one, guest, t, ask, setWhat)}</div>
    ${what && html`<${Destination} key=${what} what=${what} one=${one} desk=${desk} t=${t} onDone=${(body) => ask(what, body)} onClose=${() => setWhat("")} />`}
    ${channels.length > 0 && html`<${Text} one=${one} channels=${channels} t=${t} onProblem=${onProblem} />`}
  </div>`;
}

export function Dial({ t, onProblem }) {
  const [number, setNumber] = useState("");
  const submit = (event) => {
    event.preventDefault();
    post("/api/calls", { number }).then(() => setNumber("")).catch(onProblem);
  };
  return html`<form class="dial" onSubmit=${submit}>
    <input type="tel" inputmode="tel" autocomplete="off" maxlength="21" aria-label=${t("number")} placeholder=${t("number")} value=${number} onInput=${(event) => setNumber(event.target.value.trim())} />
    <button class="button" type="submit" disabled=${!number}><${Icon} name="phone" /><span>${t("dial")}</span></button>
  </form>`;
}

// A supervisor's view of the calls of others.
export function Supervision({ calls, me, t, onProblem }) {
  if (!calls?.length) return null;
  return html`<section class="supervision"><h2>${t("liveCalls")}</h2><ul>${calls.map((one) => {
    const mine = (one.guests || []).find((guest) => guest.kind === "supervisor" && guest.who === me.agent);
    const ask = (word) => post(`/api/interactions/${one.id}/${word}`).catch(onProblem);
    return html`<li key=${one.id}><p><bdi>${one.agent_name}</bdi> · <bdi>${one.subject}</bdi>${mine && html` <span class="pill">${t(`guest_${mine.state}`, { name: "" })}</span>`}</p>
      <div class="callbar-buttons">${["listen", "whisper", "barge", "takeover"].map((word) => html`<button class="button" type="button" onClick=${() => ask(word)} disabled=${word === "takeover" && !mine}>${t(`do_${word}`)}</button>`)}</div></li>`;
  })}</ul></section>`;
}
