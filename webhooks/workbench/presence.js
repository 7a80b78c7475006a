// What an agent says of themselves: at once, or when the present work is done.

import { html, useEffect, useRef, useState } from "./vendor/htm-preact.js";

const AWAY = ["break", "offline"];

// `onChoose(presence, reason, isAfterWork)`.
function Menu({ t, reasons, isBusy, isLast, onChoose, onClose }) {
  const box = useRef(null);
  const [isAfter, setAfter] = useState(isBusy);
  useEffect(() => {
    box.current.querySelector("button").focus();
    const outside = (event) => { if (!box.current.contains(event.target)) onClose(); };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, []);
  const onKeyDown = (event) => { if (event.key === "Escape") { event.stopPropagation(); onClose(); } };
  const item = (presence, code, text) => html`<button class="menu-item" type="button" onClick=${() => onChoose(presence, code, isAfter)}>${text}</button>`;
  return html`<div class="menu ${isLast ? "is-last" : ""}" role="group" aria-label=${t("chooseReason")} ref=${box} onKeyDown=${onKeyDown}>
    ${isBusy && html`<label class="menu-check"><input type="checkbox" checked=${isAfter} onChange=${(event) => setAfter(event.target.checked)} /><span>${t("afterWork")}</span></label>`}
    ${isLast ? item("offline", "", t("offline")) : html`<p class="menu-title">${t("chooseReason")}</p>${reasons.map((reason) => item("break", reason.code, t.pick(reason.label, reason.code)))}`}
  </div>`;
}

export function Presence({ t, agent, reasons, onPresence }) {
  const [open, setOpen] = useState("");
  const isBusy = Object.values(agent.load).some((count) => count > 0);
  const choose = (presence, reason = "", isAfterWork = false) => { setOpen(""); onPresence(presence, reason, isAfterWork); };
  const label = (code) => { const found = reasons.find((one) => one.code === code); return found && t.pick(found.label); };
  const segment = (presence, text, onClick, more = {}) => html`<button type="button" class="segment is-${presence}" aria-pressed=${String(agent.presence === presence)}
    onClick=${onClick} ...${more}><span class="dot" aria-hidden="true"></span>${text}</button>`;
  const opens = (presence) => ({ "aria-expanded": String(open === presence), "aria-haspopup": "true" });
  const menu = (presence) => open === presence && html`<${Menu} t=${t} reasons=${reasons} isBusy=${isBusy} isLast=${presence === "offline"} onChoose=${choose} onClose=${() => setOpen("")} />`;
  const next = AWAY.includes(agent.next_presence) && (label(agent.next_reason) || t(agent.next_presence));
  return html`<div class="presence-box"><div class="presence" role="group" aria-label=${t("presence")}>
    ${segment("available", t("available"), () => choose("available"))}
    <span class="menu-anchor">${segment("break", (agent.presence === "break" && label(agent.reason)) || t("break"), () => setOpen(open === "break" ? "" : "break"), opens("break"))}${menu("break")}</span>
    <span class="menu-anchor">${segment("offline", t("offline"), () => (isBusy ? setOpen(open === "offline" ? "" : "offline") : choose("offline")), isBusy ? opens("offline") : {})}${menu("offline")}</span>
  </div>
  ${next && html`<button type="button" class="pill warn next-presence" title=${t("nextCancel")} aria-label=${`${t("nextIs", { presence: next })} ${t("nextCancel")}`} onClick=${() => choose(agent.presence === "rna" ? "available" : agent.presence, agent.reason)}>${t("nextIs", { presence: next })} ×</button>`}</div>`;
}
