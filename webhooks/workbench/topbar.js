// The bar on top: site, presence with reasons, phone, line, sound, language, signing out.

import { html, useEffect, useRef, useState } from "./vendor/htm-preact.js";
import { Icon } from "./icons.js";
import { PhoneSwitch } from "./softphone.js";

function Reasons({ t, reasons, onChoose, onClose }) {
  const box = useRef(null);
  useEffect(() => {
    box.current.querySelector("button").focus();
    const outside = (event) => { if (!box.current.contains(event.target)) onClose(); };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, []);
  const onKeyDown = (event) => { if (event.key === "Escape") { event.stopPropagation(); onClose(); } };
  return html`<div class="menu" role="group" aria-label=${t("chooseReason")} ref=${box} onKeyDown=${onKeyDown}>
    <p class="menu-title">${t("chooseReason")}</p>
    ${reasons.map((reason) => html`<button class="menu-item" type="button" onClick=${() => onChoose(reason.code)}>${t.pick(reason.label, reason.code)}</button>`)}
  </div>`;
}

function Presence({ t, agent, reasons, onPresence }) {
  const [isChoosing, setChoosing] = useState(false);
  const choose = (presence, reason = "") => { setChoosing(false); onPresence(presence, reason); };
  const reason = reasons.find((one) => one.code === agent.reason);
  const segment = (presence, text, onClick, more = {}) => html`<button type="button" class="segment is-${presence}" aria-pressed=${String(agent.presence === presence)}
    onClick=${onClick} ...${more}><span class="dot" aria-hidden="true"></span>${text}</button>`;
  return html`<div class="presence" role="group" aria-label=${t("presence")}>
    ${segment("available", t("available"), () => choose("available"))}
    <span class="menu-anchor">
      ${segment("break", agent.presence === "break" && reason ? t.pick(reason.label) : t("break"), () => setChoosing(!isChoosing), { "aria-expanded": String(isChoosing), "aria-haspopup": "true" })}
      ${isChoosing && html`<${Reasons} t=${t} reasons=${reasons} onChoose=${(code) => choose("break", code)} onClose=${() => setChoosing(false)} />`}
    </span>
    ${segment("offline", t("offline"), () => choose("offline"))}
  </div>`;
}

export function TopBar({ t, me, desk, line, phone, isLoud, onPresence, onLanguage, onSound, onSignOut }) {
  const agent = desk?.agent;
  const isLive = line === "live";
  return html`<header class="topbar">
    <div class="brand"><img src="/workbench/icon.svg" alt="" width="30" height="30" /><div class="brand-text"><strong>总机 Zongji</strong><bdi class="quiet small">${me.site}</bdi></div></div>
    ${agent && html`<${Presence} t=${t} agent=${agent} reasons=${desk.presets.break_reasons} onPresence=${onPresence} />`}
    <div class="topbar-right">
      ${agent && html`<span class="pill phone-pill ${agent.phone_registered ? "good" : "warn"}"><${Icon} name="phone" /><span>${t(agent.phone_registered ? "phoneOn" : "phoneOff")}</span></span>`}
      <${PhoneSwitch} phone=${phone} t=${t} />
      <span class="pill line-pill ${isLive ? "good" : "warn"}" role="status"><span class="dot"></span><span>${t(isLive ? "lineLive" : "lineLost")}</span></span>
      <button class="button plain icon-only" type="button" aria-pressed=${String(isLoud)} title=${t(isLoud ? "soundOn" : "soundOff")} aria-label=${t(isLoud ? "soundOn" : "soundOff")} onClick=${onSound}><${Icon} name=${isLoud ? "sound" : "silent"} /></button>
      <button class="button plain language" type="button" aria-label=${t("otherLabel")} onClick=${onLanguage}>${t("other")}</button>
      <span class="who"><span class="avatar small-avatar" aria-hidden="true">${Array.from(me.name)[0]}</span><bdi>${me.name}</bdi></span>
      <button class="button plain icon-only" type="button" title=${t("signOut")} aria-label=${t("signOut")} onClick=${onSignOut}><${Icon} name="out" /></button>
    </div>
  </header>`;
}
