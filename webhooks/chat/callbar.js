// The visitor's call on the screen: its bar with mute, keys and hang-up, and in words what went wrong.

import { html, useEffect, useRef, useState } from "../workbench/vendor/htm-preact.js";
import { Icon } from "../workbench/icons.js";
import { Keypad } from "../workbench/keypad.js";
import { span } from "../workbench/time.js";

// { stage, trouble, since, isMuted, isOn, place(), hangUp(), mute(), digit(), clear() }; `getPass()` as createCall takes it.
export function useCall(getPass) {
  const [state, setState] = useState(null);
  const call = useRef(null);
  const isOn = Boolean(state) && state.stage !== "over";

  useEffect(() => {
    if (!isOn) return undefined;
    const leave = () => call.current?.hangUp();
    const ask = (event) => event.preventDefault(); // a reload would end the call
    window.addEventListener("pagehide", leave);
    window.addEventListener("beforeunload", ask);
    return () => { window.removeEventListener("pagehide", leave); window.removeEventListener("beforeunload", ask); };
  }, [isOn]);

  async function place() {
    if (isOn) return;
    setState({ stage: "opening", trouble: "", since: 0, isMuted: false });
    const sound = new Audio();
    const onStream = (stream) => { sound.srcObject = stream; if (stream) sound.play().catch(() => {}); };
    try {
      const { createCall } = await import("./call.js"); // the telephone is loaded by who calls
      call.current = createCall({ getPass, onChange: setState, onStream });
      call.current.start();
    } catch {
      setState({ stage: "over", trouble: "noNetwork" });
    }
  }
  const ask = (verb) => (...values) => call.current?.[verb](...values);
  return { ...state, isOn, place, hangUp: ask("hangUp"), mute: ask("mute"), digit: ask("digit"), clear: () => setState(null) };
}

function stageText(call, t) {
  if (call.stage !== "up") return t(call.stage === "opening" ? "callOpens" : "callGoes");
  return t(call.isMuted ? "callMuted" : "callUp");
}

function Trouble({ call, t, again }) {
  return html`<div class="callbar is-trouble" role="alert"><span>${t(`call_${call.trouble}`) === `call_${call.trouble}` ? call.trouble : t(`call_${call.trouble}`)}</span>
    <button class="button" type="button" onClick=${again}>${t("callAgain")}</button>
    <button class="button plain icon-only" type="button" aria-label=${t("close")} title=${t("close")} onClick=${call.clear}><${Icon} name="close" /></button></div>`;
}

export function CallBar({ call, t }) {
  const [isKeypad, setKeypad] = useState(false);
  const [, tick] = useState(0);
  const end = useRef(null);
  useEffect(() => {
    if (!call.isOn) { setKeypad(false); return undefined; }
    end.current?.focus(); // the keys were at the button that began it
    const timer = setInterval(() => tick((n) => n + 1), 1000);
    return () => clearInterval(timer);
  }, [call.isOn]);
  if (!call.isOn) return call.trouble ? html`<${Trouble} call=${call} t=${t} again=${call.place} />` : null;
  const isUp = call.stage === "up";
  const tool = (icon, text, isPressed, onClick) => html`<button type="button" class="button" aria-pressed=${String(isPressed)} aria-label=${text} title=${text} onClick=${onClick}><${Icon} name=${icon} /><span>${text}</span></button>`;
  return html`<section class="callbar" aria-label=${t("voiceCall")}>
    <p class="call-state"><${Icon} name="headset" /><span role="status">${stageText(call, t)}</span>${isUp && html` <span class="numbers" role="timer">${span((Date.now() - call.since) / 1000)}</span>`}</p>
    <div class="call-tools">
      ${isUp && tool(call.isMuted ? "micOff" : "mic", t(call.isMuted ? "unmute" : "mute"), call.isMuted, () => call.mute(!call.isMuted))}
      ${isUp && tool("keypad", t("keypad"), isKeypad, () => setKeypad(!isKeypad))}
      <button type="button" class="button danger call-end" ref=${end} onClick=${call.hangUp}><${Icon} name="hangup" /><span>${t("hangUp")}</span></button>
    </div>
    ${isUp && isKeypad && html`<${Keypad} t=${t} onDigit=${call.digit} />`}
  </section>`;
}

export const CallFromHere = ({ call, t }) => html`<button class="button plain head-button call-button" type="button" aria-label=${t("voiceCallLabel")} title=${t("voiceCallLabel")}
  disabled=${call.isOn} onClick=${call.place}><${Icon} name="headset" /><span>${t("voiceCall")}</span></button>`;
