// The chat page: joins session, stream and thread. Reloading shows the whole conversation again.

import { html, render, useEffect, useReducer, useRef, useState } from "../workbench/vendor/htm-preact.js";
import { follow } from "../workbench/stream.js";
import { Ending, Head, Welcome } from "./parts.js";
import * as session from "./session.js";
import { Thread } from "./thread.js";
import { firstLanguage, words } from "./words.js";

const TYPING_MS = 6000; // nobody says when they stop
const TEXT_CAP = 10_000;
const START = { messages: [], pending: [], typing: 0, status: { state: "idle" } };

function reduce(chat, action) {
  const without = (id) => chat.pending.filter((item) => item.clientId !== id);
  switch (action.type) {
    case "message": {
      const others = chat.messages.filter((message) => message.seq !== action.message.seq); // it may have changed: a file came
      const messages = [...others, action.message].sort((a, b) => a.seq - b.seq);
      const typing = action.message.from === "you" ? chat.typing : 0;
      return { ...chat, messages, typing, pending: without(action.message.client_id) };
    }
    case "typing": return { ...chat, typing: Date.now() + TYPING_MS };
    case "quiet": return Date.now() >= chat.typing ? { ...chat, typing: 0 } : chat;
    case "status": return { ...chat, status: action.status };
    case "pending": return { ...chat, pending: [...without(action.item.clientId), action.item] };
    case "failed": return { ...chat, pending: chat.pending.map((item) => (item.clientId === action.id ? { ...item, failed: true } : item)) };
    default: return chat;
  }
}

function useLive(started, dispatch, onRefused) {
  const [line, setLine] = useState(started ? "connecting" : "idle");
  useEffect(() => {
    if (!started) return undefined;
    return follow("/chat/events", {
      headers: session.authorization,
      onState: (state) => (state === "refused" ? onRefused() : setLine(state)),
      onEvent: (type, body) => {
        if (type === "message") announce(body);
        dispatch({ type, [type]: body });
      },
    });
  }, [started]);
  return line;
}

function announce(message) {
  if (window.parent !== window && message.from !== "you") window.parent.postMessage({ zongji: "message" }, "*");
}

function Composer({ t, onSend, focus }) {
  const [text, setText] = useState("");
  const area = useRef(null);
  useEffect(() => { if (focus) area.current.focus(); }, [focus]);
  useEffect(() => {
    area.current.style.height = "auto";
    area.current.style.height = `${Math.min(area.current.scrollHeight + 2, 140)}px`;
  }, [text]);
  const left = TEXT_CAP - Array.from(text).length;
  const submit = (event) => {
    event.preventDefault();
    if (!text.trim() || left < 0) return;
    onSend(text.trim());
    setText("");
  };
  const onKeyDown = (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  };
  return html`<form class="composer" onSubmit=${submit}>
    <label class="hidden-text" for="text">${t("placeholder")}</label>
    <textarea id="text" class="input" rows="1" dir="auto" ref=${area} value=${text} placeholder=${t("placeholder")}
      onInput=${(event) => setText(event.target.value)} onKeyDown=${onKeyDown}></textarea>
    <button class="button primary" type="submit" disabled=${!text.trim() || left < 0}>${t("send")}</button>
    ${left < 500 && html`<p class="small numbers ${left < 0 ? "over" : "quiet"}" role="status">${t("left", { n: left })}</p>`}
  </form>`;
}

function Chat() {
  const [language, setLanguage] = useState(firstLanguage);
  const [started, setStarted] = useState(session.hasToken);
  const [isAsking, setAsking] = useState(false);
  const [chat, dispatch] = useReducer(reduce, START);
  const [trouble, setTrouble] = useState("");
  const t = words(language);
  const line = useLive(started, dispatch, () => { session.forget(); setStarted(false); });
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    document.title = t("title");
  }, [language]);

  async function send(text, clientId = session.newId()) {
    dispatch({ type: "pending", item: { clientId, text } });
    setTrouble("");
    try {
      await session.begin(language);
      setStarted(true);
      await session.say(text, clientId, language);
    } catch (error) {
      if (error.status) setTrouble(error.message);
      dispatch({ type: "failed", id: clientId });
    }
  }
  function switchLanguage() {
    const other = language === "zh" ? "en" : "zh";
    setLanguage(other);
    try { localStorage.setItem("zj-chat-language", other); } catch { /* not remembered, then */ }
  }
  async function end() {
    setAsking(false);
    await session.end(language).catch((error) => setTrouble(error.message));
  }
  const { state } = chat.status;
  const isEmpty = chat.messages.length === 0 && chat.pending.length === 0;
  const canEnd = started && ["bot", "queued", "connecting", "talking"].includes(state);
  return html`
    <${Head} status=${chat.status} line=${line} t=${t} canEnd=${canEnd} onEnd=${() => setAsking(true)} onLanguage=${switchLanguage} />
    ${isAsking && html`<${Ending} t=${t} onYes=${end} onNo=${() => setAsking(false)} />`}
    ${isEmpty
      ? html`<${Welcome} t=${t} onStart=${() => send(t("hello"))} />`
      : html`<${Thread} messages=${chat.messages} pending=${chat.pending} canChoose=${state === "bot"} t=${t} language=${language}
          onChoose=${(key) => send(key)} onRetry=${(item) => send(item.text, item.clientId)} />`}
    ${state === "over" && !isEmpty && html`<p class="over-line">${t("over")}
      <button class="button" type="button" onClick=${() => send(t("hello"))}>${t("again")}</button></p>`}
    ${trouble && html`<p class="notice" role="alert">${trouble}</p>`}
    <${Composer} t=${t} onSend=${send} focus=${started} />`;
}

render(html`<${Chat} />`, document.getElementById("chat"));
