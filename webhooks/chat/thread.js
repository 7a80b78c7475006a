// The visitor's view of the conversation: bubbles, the menu's buttons, what is still being sent.

import { html, useEffect, useRef } from "../workbench/vendor/htm-preact.js";
import { File } from "../workbench/attachments.js";

const clock = (at, language) =>
  new Date(at * 1000).toLocaleTimeString(language === "zh" ? "zh-CN" : "en-GB", { hour: "2-digit", minute: "2-digit" });

// The text lists the options for channels without buttons; here they are buttons.
function withoutOptions(message) {
  const lines = new Set(message.options.flatMap(([key, label]) => ["", ".", "、", ":", "：", ")"].map((mark) => `${key}${mark} ${label}`.replace(/\s/g, ""))));
  return message.text.split("\n").filter((line) => !lines.has(line.replace(/\s/g, ""))).join("\n").trim() || message.text;
}

// A pressed button sends its key; people read its label.
function said(message, before) {
  if (message.options.length) return withoutOptions(message);
  const option = message.from === "you" && before?.options.find(([key]) => key === message.text.trim());
  return option ? option[1] : message.text;
}

function Files({ files, mine, t }) {
  return html`<div class="bubble attachments ${mine ? "mine" : ""}">${files.map((one, index) => one.url
    ? html`<${File} key=${index} one=${one} url=${one.url} t=${t} />`
    : html`<span class="file is-pending" key=${index}>${t(one.state === "pending" ? "filePending" : "fileGone", { name: one.name })}</span>`)}</div>`;
}

function Message({ message, before, t, language, isLastMine }) {
  if (message.from === "system") return html`<p class="system-line text" dir="auto">${message.text}</p>`;
  const mine = message.from === "you";
  const author = mine ? t("you") : message.name || t("assistant");
  const isNew = !before || before.from !== message.from || before.name !== message.name || message.at - before.at > 300;
  return html`
    ${isNew && html`<p class="byline ${mine ? "mine" : ""}"><bdi>${author}</bdi> <span class="numbers">${clock(message.at, language)}</span></p>`}
    ${(message.text || !message.files.length) && html`<p class="bubble text ${mine ? "mine" : message.from === "assistant" ? "robot" : ""}" dir="auto">${said(message, before)}</p>`}
    ${message.files.length > 0 && html`<${Files} files=${message.files} mine=${mine} t=${t} />`}
    ${isLastMine && message.is_read && html`<p class="message-state">${t("read")}</p>`}`;
}

function Choices({ options, onChoose, t, disabled }) {
  return html`<div class="choices" role="group" aria-label=${t("choices")}>
    ${options.map(([key, label]) => html`<button class="button choice" type="button" disabled=${disabled} onClick=${() => onChoose(key, label)}>
        <span class="choice-key" aria-hidden="true">${key}</span><bdi>${label}</bdi></button>`)}
  </div>`;
}

function Waiting({ pending, t, onRetry }) {
  return html`<p class="bubble mine text" dir="auto">${pending.text}</p>
    ${pending.failed
      ? html`<button class="message-state bad button plain" type="button" onClick=${() => onRetry(pending)}>${t("failed")}</button>`
      : html`<p class="message-state">${t("sending")}</p>`}`;
}

export function Thread({ messages, typing, pending, canChoose, t, language, onChoose, onRetry }) {
  const box = useRef(null);
  const bottom = useRef(true);
  const last = messages[messages.length - 1];
  const lastMine = messages.filter((message) => message.from === "you").pop();
  useEffect(() => {
    if (bottom.current) box.current.scrollTop = box.current.scrollHeight;
  }, [messages.length, pending.length, canChoose, typing]);
  useEffect(() => {
    const keepEnd = new ResizeObserver(() => { if (bottom.current) box.current.scrollTop = box.current.scrollHeight; });
    const onLoad = () => { if (bottom.current) box.current.scrollTop = box.current.scrollHeight; }; // a picture came: it is taller now
    const thread = box.current;
    keepEnd.observe(thread);
    thread.addEventListener("load", onLoad, true);
    return () => { keepEnd.disconnect(); thread.removeEventListener("load", onLoad, true); };
  }, []);
  const onScroll = () => {
    const { scrollTop, scrollHeight, clientHeight } = box.current;
    bottom.current = scrollHeight - scrollTop - clientHeight < 80;
  };
  const options = canChoose && !pending.length && last?.from === "assistant" ? last.options : [];
  return html`<div class="thread" ref=${box} onScroll=${onScroll} role="log" aria-live="polite" aria-label=${t("conversation")} tabindex="0">
    ${messages.map((message, index) => html`<${Message} key=${message.seq} message=${message} before=${messages[index - 1]} isLastMine=${message === lastMine} t=${t} language=${language} />`)}
    ${pending.map((item) => html`<${Waiting} key=${item.clientId} pending=${item} t=${t} onRetry=${onRetry} />`)}
    ${typing && html`<p class="typing" role="status"><span></span><span></span><span></span><span class="hidden-text">${t("typing")}</span></p>`}
    ${options.length > 0 && html`<${Choices} options=${options} onChoose=${onChoose} t=${t} />`}
  </div>`;
}
