// The bar on top: site, presence with reasons, phone, line, sound, language, signing out.

import { html } from "./vendor/htm-preact.js";
import { Icon } from "./icons.js";
import { Presence } from "./presence.js";
import { PhoneSwitch } from "./softphone.js";

const FAILED = ["unanswered", "unheard", "mute"];

// One line that says whether calls can come, and the button that tries it.
function PhoneState({ t, agent, onTest }) {
  const state = agent.phone === "ready" && FAILED.includes(agent.phone_test) ? agent.phone_test : agent.phone;
  const text = t(state === "ready" && agent.phone_test === "passed" ? "phone_passed" : `phone_${state}`);
  const isTesting = agent.phone_test === "running";
  return html`<span class="pill phone-pill ${state === "ready" ? "good" : "warn"}" role="status"><${Icon} name="phone" /><span>${text}</span>
    ${agent.phone_registered && html`<button type="button" class="button plain phone-test" disabled=${isTesting} title=${t("testPhoneMore")} onClick=${onTest}>${t("testPhone")}</button>`}</span>`;
}

export function TopBar({ t, me, desk, line, phone, isLoud, floor, onFloor, onPresence, onTestPhone, onLanguage, onSound, onSignOut }) {
  const agent = desk?.agent;
  const isLive = line === "live";
  return html`<header class="topbar">
    <div class="brand"><img src="/workbench/icon.svg" alt="" width="30" height="30" /><div class="brand-text"><strong>总机 Zongji</strong><bdi class="quiet small">${t.pick(me.site)}</bdi></div></div>
    ${agent && html`<${Presence} t=${t} agent=${agent} reasons=${desk.presets.break_reasons} onPresence=${onPresence} />`}
    <div class="topbar-right">
      ${floor && html`<button class="button plain floor-switch" type="button" aria-pressed=${String(floor === "open")} onClick=${onFloor}><${Icon} name="floor" /><span>${t("floor")}</span></button>`}
      ${agent && html`<${PhoneState} t=${t} agent=${agent} onTest=${onTestPhone} />`}
      <${PhoneSwitch} phone=${phone} t=${t} />
      <span class="pill line-pill ${isLive ? "good" : "warn"}" role="status"><span class="dot"></span><span>${t(isLive ? "lineLive" : "lineLost")}</span></span>
      <button class="button plain icon-only" type="button" aria-pressed=${String(isLoud)} title=${t(isLoud ? "soundOn" : "soundOff")} aria-label=${t(isLoud ? "soundOn" : "soundOff")} onClick=${onSound}><${Icon} name=${isLoud ? "sound" : "silent"} /></button>
      <button class="button plain language" type="button" aria-label=${t("otherLabel")} onClick=${onLanguage}>${t("other")}</button>
      <span class="who"><span class="avatar small-avatar" aria-hidden="true">${Array.from(me.name)[0]}</span><bdi>${me.name}</bdi></span>
      <button class="button plain icon-only" type="button" title=${t("signOut")} aria-label=${t("signOut")} onClick=${onSignOut}><${Icon} name="out" /></button>
    </div>
  </header>`;
}
