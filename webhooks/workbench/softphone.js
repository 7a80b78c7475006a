// The browser phone on the screen: its switch in the top bar, the bar of its call, what went wrong and what to do.

import { html, useEffect, useRef, useState } from "./vendor/htm-preact.js";
import { chime } from "./alert.js";
import { get, memory } from "./api.js";
import { Icon } from "./icons.js";
import { Keypad } from "./keypad.js";
import { span } from "./time.js";

const RING_EVERY_MS = 3000;
const OFF = { line: "off", trouble: "", call: null };

// { line, trouble, call, isOn, toggle(), answer(), hangUp(), mute(), hold(), digit() }
export function useSoftphone(isOffered, isLoud) {
  const [isOn, setOn] = useState(() => isOffered && memory.read("browser-phone") === "on");
  const [state, setState] = useState(OFF);
  const phone = useRef(null);

  useEffect(() => {
    if (!isOn) return undefined;
    let isOver = false;
    const sound = new Audio();
    const onStream = (stream) => { sound.srcObject = stream; if (stream) sound.play().catch(() => {}); };
    const onChange = (fresh) => { if (!isOver) setState(fresh); };
    const leave = () => phone.current?.stop();
    setState({ ...OFF, line: "starting" });
    Promise.all([import("./phone.js"), get("/api/phone")])
      .then(([{ createPhone }, account]) => {
        if (isOver) return;
        phone.current = createPhone(account, { onChange, onStream });
        phone.current.start();
      })
      .catch(() => { if (!isOver) setState({ ...OFF, trouble: "noService" }); });
    window.addEventListener("pagehide", leave);
    return () => {
      isOver = true;
      window.removeEventListener("pagehide", leave);
      leave();
      phone.current = null;
      onStream(null);
      setState(OFF);
    };
  }, [isOn]);

  // Trouble ends the wish: who has allowed the microphone presses again.
  useEffect(() => {
    if (state.trouble && state.line === "off") memory.keep("browser-phone", "");
  }, [state.trouble]);

  const isRinging = state.call?.stage === "ringing" && state.call.direction === "in";
  useEffect(() => {
    if (!isRinging || !isLoud) return undefined;
    const timer = setInterval(chime, RING_EVERY_MS);
    return () => clearInterval(timer);
  }, [isRinging, isLoud]);

  const isBusy = Boolean(state.call);
  useEffect(() => {
    if (!isBusy) return undefined;
    const ask = (event) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isBusy]);

  function toggle() {
    const wanted = !(isOn && !(state.trouble && state.line === "off"));
    memory.keep("browser-phone", wanted ? "on" : "");
    if (wanted && isOn) phone.current ? phone.current.start() : (setOn(false), setTimeout(() => setOn(true)));
    else setOn(wanted);
  }
  const ask = (verb) => (...values) => phone.current?.[verb](...values);
  return {
    ...state, isOffered, isOn: isOn && !(state.trouble && state.line === "off"), isRinging, toggle,
    answer: ask("answer"), hangUp: ask("hangUp"), mute: ask("mute"), hold: ask("hold"), digit: ask("digit"),
  };
}

const LINE = { off: "phoneUse", starting: "phoneStarting", ready: "phoneReady", lost: "phoneLost" };
const MOOD = { off: "", starting: "warn", ready: "good", lost: "warn" };

export function PhoneSwitch({ phone, t }) {
  if (!phone.isOffered) return null;
  const text = t(phone.isOn ? LINE[phone.line] : "phoneUse");
  return html`<button type="button" class="pill phone-switch ${phone.isOn ? MOOD[phone.line] : ""}" aria-pressed=${String(phone.isOn)} title=${text} onClick=${phone.toggle}>
    <${Icon} name="headset" /><span>${text}</span></button>`;
}

function stageText(call, t) {
  if (call.stage === "ringing") return t(call.direction === "in" ? "callComes" : "callGoes");
  if (call.stage === "connecting") return t("connecting");
  if (call.isHeld) return t("callHeld");
  return call.isMuted ? t("callMuted") : t("onCall");
}

function Buttons({ phone, call, t, isKeypad, onKeypad }) {
  const tool = (name, icon, text, isPressed, onClick) => html`<button type="button" class="button phone-tool" aria-pressed=${String(isPressed)} title=${text} aria-label=${text} onClick=${onClick}><${Icon} name=${icon} /><span>${text}</span></button>`;
  const end = (text) => html`<button type="button" class="button danger phone-end" onClick=${phone.hangUp}><${Icon} name="hangup" /><span>${text}</span></button>`;
  if (phone.isRinging) {
    return html`<button type="button" class="button primary phone-answer" onClick=${phone.answer}><${Icon} name="phone" /><span>${t("answer")}</span></button>${end(t("decline"))}`;
  }
  if (call.stage !== "up") return end(t("hangUp"));
  return html`${tool("mute", call.isMuted ? "micOff" : "mic", t(call.isMuted ? "unmute" : "mute"), call.isMuted, () => phone.mute(!call.isMuted))}
    ${tool("hold", call.isHeld ? "resume" : "pause", t(call.isHeld ? "unhold" : "hold"), call.isHeld, () => phone.hold(!call.isHeld))}
    ${tool("keypad", "keypad", t("keypad"), isKeypad, onKeypad)}${end(t("hangUp"))}`;
}

// `now` in seconds as everywhere; the call's own clock runs on the browser's time.
export function PhoneBar({ phone, t }) {
  const [isKeypad, setKeypad] = useState(false);
  const [, tick] = useState(0);
  const call = phone.call;
  useEffect(() => {
    if (!call) { setKeypad(false); return undefined; }
    const timer = setInterval(() => tick((n) => n + 1), 1000);
    return () => clearInterval(timer);
  }, [Boolean(call)]);
  return html`
    ${phone.trouble && html`<div class="banner phone-trouble" role="alert"><span>${t(`trouble_${phone.trouble}`)}</span>
      ${phone.line === "off" && html`<button class="button" type="button" onClick=${phone.toggle}>${t("tryAgain")}</button>`}</div>`}
    ${call && html`<section class="phonebar is-${call.stage} ${call.isHeld ? "is-held" : ""}" aria-label=${t("phoneHere")}>
      <span class="avatar" aria-hidden="true"><${Icon} name="headset" /></span>
      <div class="phone-who"><bdi class="name">${call.name && call.name !== call.number ? `${call.name} · ${call.number}` : call.number || t("unknownCaller")}</bdi>
        <span class="quiet small" role="status">${stageText(call, t)}${call.since > 0 && html` <span class="numbers">${span((Date.now() - call.since) / 1000)}</span>`}</span></div>
      <div class="phone-buttons"><${Buttons} phone=${phone} call=${call} t=${t} isKeypad=${isKeypad} onKeypad=${() => setKeypad(!isKeypad)} /></div>
      ${isKeypad && call.stage === "up" && html`<${Keypad} t=${t} onDigit=${phone.digit} />`}
    </section>`}`;
}
