// From the chat to the telephone: our number with a code that says whose call it is, or we call the visitor.

import { html, useEffect, useRef, useState } from "../workbench/vendor/htm-preact.js";
import { Icon } from "../workbench/icons.js";

function Code({ told, t, language }) {
  const until = new Date(told.expires_at * 1000).toLocaleTimeString(language === "zh" ? "zh-CN" : "en-GB", { hour: "2-digit", minute: "2-digit" });
  return html`<div class="call-code"><p>${t("callUs")} <a href=${`tel:${told.number},,${told.code}#`}>${told.number}</a></p>
    <p>${t("callCode")} <strong>${told.code}</strong> <span class="quiet">${t("callUntil", { until })}</span></p></div>`;
}

function CallMe({ t, hasCode, onCallMe }) {
  const [number, setNumber] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState("");
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    setTrouble("");
    await onCallMe(number.trim()).catch((error) => setTrouble(error.message));
    setBusy(false);
  };
  return html`<form class="call-me" onSubmit=${submit}>
    <label for="call-me">${t(hasCode ? "orCallMe" : "callMe")}</label>
    <input id="call-me" class="input" type="tel" inputmode="tel" autocomplete="tel" maxlength="30" required placeholder=${t("yourNumber")} value=${number} onInput=${(event) => setNumber(event.target.value)} />
    <button class="button primary" type="submit" disabled=${isBusy || !number.trim()}><${Icon} name="phone" /><span>${t("callMeNow")}</span></button>
    ${trouble && html`<p class="trouble" role="alert">${trouble}</p>`}</form>`;
}

// `told`: { number, code, expires_at }, or null where there is no number to call.
export function Telephone({ told, canCallMe, t, language, onCallMe, onClose }) {
  const box = useRef(null);
  useEffect(() => box.current.focus(), []);
  const onKeyDown = (event) => { if (event.key === "Escape") { event.stopPropagation(); onClose(); } };
  return html`<section class="telephone" role="region" aria-label=${t("byTelephone")} tabindex="-1" ref=${box} onKeyDown=${onKeyDown}>
    ${told && html`<${Code} told=${told} t=${t} language=${language} />`}
    ${canCallMe && html`<${CallMe} t=${t} hasCode=${Boolean(told)} onCallMe=${onCallMe} />`}
    <button class="button plain icon-only telephone-close" type="button" aria-label=${t("close")} title=${t("close")} onClick=${onClose}><${Icon} name="close" /></button>
  </section>`;
}

export const Promised = ({ number, t }) => html`<p class="promised" role="status"><${Icon} name="phone" /><span>${t("promised", { number })}</span></p>`;
