// The chat page: joins session, stream and thread. Reloading shows the whole conversation again.

import { html, render, useEffect, useReducer, useState } from "../workbench/vendor/htm-preact.js";
import { follow } from "../workbench/stream.js";
import { CallBar, CallFromHere, useCall } from "./callbar.js";
import { Composer } from "./composer.js";
import { Closed, Ending, Head, Questions, Welcome } from "./parts.js";
import * as session from "./session.js";
import { Promised, Telephone } from "./telephone.js";
import { Thread } from "./thread.js";
import { firstLanguage, keepLanguage, words } from "./words.js";

const TYPING_MS = 6000; // nobody says when they stop
const FILE_CAP = 10 * 1024 * 1024;
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

// Tells the agent that what they wrote was seen: only while somebody can see it.
function useSeen(messages, started, language) {
  const [isShown, setShown] = useState(true);
  const newest = messages.filter((message) => message.from === "agent").pop();
  useEffect(() => {
    const told = (event) => {
      if (event.source === window.parent && event.source !== window && ["open", "closed"].includes(event.data?.zongji)) setShown(event.data.zongji === "open");
    };
    window.addEventListener("message", told);
    return () => window.removeEventListener("message", told);
  }, []);
  useEffect(() => {
    if (!started || !isShown || !newest || newest.is_read) return undefined;
    const tell = () => { if (document.visibilityState === "visible") session.seen(newest.seq, language); };
    tell();
    document.addEventListener("visibilitychange", tell);
    return () => document.removeEventListener("visibilitychange", tell);
  }, [started, isShown, newest?.seq, newest?.is_read]);
}

// In a widget, Escape closes it also while the keys go to us.
if (window.parent !== window) {
  window.addEventListener("keydown", (event) => { if (event.key === "Escape" && !event.isComposing) window.parent.postMessage({ zongji: "close" }, "*"); });
}

function Chat() {
  const [language, setLanguage] = useState(firstLanguage);
  const [started, setStarted] = useState(session.hasToken);
  const [isAsking, setAsking] = useState(false);
  const [chat, dispatch] = useReducer(reduce, START);
  const [trouble, setTrouble] = useState("");
  const [before, setBefore] = useState(null);
  const [telephone, setTelephone] = useState(null); // open: { told }, the number and its code where there is one
  const [form, setForm] = useState(null); // the answers, until the first message carries them
  useEffect(() => { session.before().then(setBefore).catch(() => setBefore({ form: [], is_open: true, closed: {} })); }, []);
  useSeen(chat.messages, started, language);
  useEffect(() => {
    if (!chat.typing) return undefined;
    const timer = setTimeout(() => dispatch({ type: "quiet" }), TYPING_MS + 50);
    return () => clearTimeout(timer);
  }, [chat.typing]);
  const t = words(language);
  const line = useLive(started, dispatch, () => { session.forget(); setStarted(false); });
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    document.title = t("title");
  }, [language]);

  async function hand(text, carry, clientId, answers = form) {
    dispatch({ type: "pending", item: { clientId, text, retry: () => hand(text, carry, clientId, answers) } });
    setTrouble("");
    try {
      await session.begin(language, answers?.name);
      setStarted(true);
      await carry(clientId, answers);
      setForm(null);
    } catch (error) {
      if (error.status) setTrouble(error.message);
      dispatch({ type: "failed", id: clientId });
    }
  }
  const { state } = chat.status;
  const send = (text, answers) => hand(text, (id, told) => session.say(text, id, language, told), session.newId(), answers);
  function sendFiles(files) {
    for (const file of files) {
      if (file.size > FILE_CAP) setTrouble(t("fileTooLarge", { name: file.name }));
      else hand(`📎 ${file.name}`, (id) => session.upload(file, id, language), session.newId());
    }
  }
  function switchLanguage() {
    const other = language === "zh" ? "en" : "zh";
    setLanguage(other);
    keepLanguage(other);
  }
  async function openTelephone() {
    try { setTelephone({ told: before.phone ? await session.callCode(language) : null }); } catch (error) { setTrouble(error.message); }
  }
  // Who talks with somebody tells them; who has not begun begins with it.
  async function callMe(number) {
    if (["connecting", "talking"].includes(state)) send(t("pleaseCall", { number }));
    else await session.callBack(number, language);
    setTelephone(null);
  }
  const call = useCall(async () => {
    await session.begin(language);
    setStarted(true);
    return session.callPass(language);
  });
  async function end() {
    setAsking(false);
    await session.end(language).catch((error) => setTrouble(error.message));
  }
  const hasQuestions = !started && before?.form.length > 0;
  const canCallMe = before?.calls_back && !chat.status.callback && ["bot", "queued", "connecting", "talking"].includes(state);
  const isEmpty = chat.messages.length === 0 && chat.pending.length === 0;
  const canEnd = started && ["bot", "queued", "connecting", "talking"].includes(state);
  return html`
    <${Head} status=${chat.status} line=${line} t=${t} canEnd=${canEnd} onEnd=${() => setAsking(true)} onLanguage=${switchLanguage} phone=${before?.phone}
      onCode=${started && (before?.phone || canCallMe) && openTelephone}>
      ${before?.takes_calls && !hasQuestions && html`<${CallFromHere} call=${call} t=${t} />`}
    <//>
    <${CallBar} call=${call} t=${t} />
    ${telephone && html`<${Telephone} told=${telephone.told} canCallMe=${canCallMe} t=${t} language=${language} onCallMe=${callMe} onClose=${() => setTelephone(null)} />`}
    ${chat.status.callback && html`<${Promised} number=${chat.status.callback} t=${t} />`}
    ${before && !before.is_open && !["connecting", "talking"].includes(state) && html`<${Closed} closed=${before.closed} language=${language} />`}
    ${isAsking && html`<${Ending} t=${t} onYes=${end} onNo=${() => setAsking(false)} />`}
    ${isEmpty
      ? hasQuestions
        ? html`<${Questions} form=${before.form} t=${t} language=${language} name=${session.knownName} onDone=${(answers) => { setForm(answers); send(t("hello"), answers); }} />`
        : html`<${Welcome} t=${t} onStart=${() => send(t("hello"))} />`
      : html`<${Thread} messages=${chat.messages} typing=${chat.typing > 0} pending=${chat.pending} canChoose=${state === "bot"} t=${t} language=${language}
          onChoose=${(key) => send(key)} onRetry=${(item) => item.retry()} />`}
    ${state === "over" && !isEmpty && html`<p class="over-line">${t("over")}
      <button class="button" type="button" onClick=${() => send(t("hello"))}>${t("again")}</button></p>`}
    ${trouble && html`<p class="notice" role="alert">${trouble}</p>`}
    ${!(isEmpty && hasQuestions) && html`<${Composer} t=${t} onSend=${(text) => send(text)} onFiles=${sendFiles} onTyping=${() => { if (started) session.typing(language); }} focus=${started} />`}`;
}

render(html`<${Chat} />`, document.getElementById("chat"));
