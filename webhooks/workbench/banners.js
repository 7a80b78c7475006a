// Below the top bar: what keeps work from this agent, and what to do about it.

import { html, useEffect, useState } from "./vendor/htm-preact.js";

const Banner = ({ role = "status", text, children }) => html`<div class="banner" role=${role}><span>${text}</span>${children}</div>`;

// Calls go by telephone: available without one means chats only, and nobody should have to guess why.
const takesCalls = (agent) => agent?.presence === "available" && agent.capacity.voice > 0;

function PhoneOff({ agent, phone, t }) {
  const [isKnown, setKnown] = useState(false); // "I take chats only today": asked once a visit
  if (isKnown || phone.isOn) return null;
  return html`<${Banner} text=${t(phone.isOffered ? "phoneOffHere" : "phoneOff", { extension: agent.extension })}>
    ${phone.isOffered && html`<button class="button" type="button" onClick=${phone.toggle}>${t("phoneUse")}</button>`}
    <button class="button plain" type="button" onClick=${() => setKnown(true)}>${t("chatsOnly")}</button></${Banner}>`;
}

const PATIENCE_MS = 2000; // a line that is back sooner is nobody's business

function Lost({ line, t }) {
  const [isLost, setLost] = useState(false);
  const isLive = line === "live";
  useEffect(() => {
    if (isLive) { setLost(false); return undefined; }
    const timer = setTimeout(() => setLost(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [isLive]);
  return isLost && !isLive ? html`<${Banner} role="alert" text=${t("lineLostMore")} />` : null;
}

// Problems come in both languages, "place: English; mend / 中文；改法": a reader gets their own.
const BOTH = /^([^\s:]+:\d+:\d+: )(.*?; .*?) \/ ([^/]*[\u4e00-\u9fff].*；.*)$/s;
const SHOWN = 5;

function inLanguage(problem) {
  const [, place, english, chinese] = problem.match(BOTH) || [];
  return place ? place + (document.documentElement.lang.startsWith("zh") ? chinese : english) : problem;
}

function Mistakes({ problems, t }) {
  if (!problems.length) return null;
  const more = problems.length - SHOWN;
  return html`<div class="banner mistakes" role="alert"><div><strong>${t("siteRefused")}</strong>
    ${problems.slice(0, SHOWN).map((one) => html`<div class="small"><bdi>${inLanguage(one)}</bdi></div>`)}
    ${more > 0 && html`<div class="small">${t("moreMistakes", { n: more })}</div>`}</div></div>`;
}

export function Banners({ desk, line, phone, t, onBack, onTestPhone }) {
  const agent = desk?.agent;
  const isPhoneInWay = takesCalls(agent) && agent.phone !== "ready";
  return html`
    <${Lost} line=${line} t=${t} />
    ${agent?.presence === "rna" && html`<${Banner} role="alert" text=${t("missed")}><button class="button" type="button" onClick=${onBack}>${t("backNow")}</button></${Banner}>`}
    ${isPhoneInWay && (agent.phone_registered
      ? html`<${Banner} text=${t(`phone_${agent.phone}`)}><button class="button" type="button" disabled=${agent.phone === "testing"} onClick=${onTestPhone}>${t("testPhone")}</button></${Banner}>`
      : html`<${PhoneOff} agent=${agent} phone=${phone} t=${t} />`)}
    <${Mistakes} problems=${desk?.site_problems || []} t=${t} />
    ${desk && !agent && html`<${Banner} text=${t("notAgent")} />`}`;
}
