// The thread of a text conversation, with what happened between the messages.

import { html, useEffect, useRef } from "./vendor/htm-preact.js";
import { Attachments } from "./attachments.js";
import { clock } from "./time.js";
import { who } from "./words.js";

// Back at the place it had: an offer was not taken, or its agent was gone.
const isBack = (event, story) => story.events.some((one) => one.type === "InteractionQueued" && one.queue === event.queue && one.sequence < event.sequence);

function lineOf(event, story, t) {
  const one = story.interaction;
  switch (event.type) {
    case "InteractionQueued": return t(isBack(event, story) ? "backInLine" : "joined", { queue: t.pick(one.queue_label, event.queue) });
    case "InteractionConnected": return t("you_joined", { agent: one.agent_name });
    case "TalkEnded": return t(`endedBy_${event.by}`);
    default: return "";
  }
}

// The messages come in the order they were said: one that arrived late keeps its place, whatever our clock says.
function entries(story, t) {
  const lines = story.events.map((event) => ({ at: event.at, text: lineOf(event, story, t), key: `e${event.sequence}` })).filter((line) => line.text);
  const messages = story.messages.map((message) => ({ at: message.at, from: message.at, message, key: message.id }));
  for (let place = messages.length - 2; place >= 0; place -= 1) {
    messages[place].from = Math.min(messages[place].from, messages[place + 1].from);
  }
  const at = (entry) => entry.from ?? entry.at;
  return [...lines, ...messages].sort((a, b) => at(a) - at(b));
}

const isOurs = (message) => message.direction === "out";

function authorOf(message, story, t) {
  if (!isOurs(message)) return who(story.interaction, t);
  if (message.author === "flow") return t("flow");
  if (message.author === "system" || message.author === "elsewhere") return t(message.author);
  return message.author_name || message.author;
}

// A contact who pressed "1" meant the menu's first choice: say which.
function meaning(message, before) {
  const option = !isOurs(message) && before?.options.find(([key]) => key === message.text.trim());
  return option ? `${option[0]} · ${option[1]}` : message.text;
}

const RECEIPTS = new Set(["sent", "delivered", "read"]);

// A provider's code in words; what nobody has words for is shown as it came.
const reason = (error, t) => (t.has(`err_${error}`) ? t(`err_${error}`) : error);

export function Trouble({ message, t, onAgain }) {
  return html`<p class="message-state bad">${t(`state_${message.state}`)}${message.error ? `${t("colon")}${reason(message.error, t)}` : ""}
    ${onAgain && html` <button type="button" class="link" onClick=${() => onAgain(message)}>${t("again")}</button>`}</p>
    ${message.parts && html`<p class="message-state">${t("partsSent", { sent: message.parts[0], of: message.parts[1] })}</p>`}
    ${message.state === "unknown" && onAgain && html`<p class="message-state">${t("unknownMore")}</p>`}`;
}

function Bubble({ message, asked, t, onProblem }) {
  const mine = isOurs(message) ? (message.author === "flow" ? "mine robot" : "mine") : "";
  const words = meaning(message, asked);
  return html`${words && html`<p class="bubble text ${mine}" dir="auto">${words}</p>`}
    ${message.attachments.length > 0 && html`<div class="bubble attachments ${mine}"><${Attachments} message=${message} t=${t} onProblem=${onProblem} /></div>`}`;
}

// What the contact did, and what they said by it: a menu's key, a scanned code, a place.
function happened(message, t) {
  const name = message.attachments.find((one) => one.kind === "event")?.facts.name || message.text;
  const what = t.has(`event_${name}`) ? t(`event_${name}`) : t("event_other", { name });
  return name === message.text ? what : `${what}${t("colon")}${message.text}`;
}

function Message({ message, before, asked, story, t, isLast, onAgain, onProblem }) {
  if (message.kind === "event") return html`<p class="system-line"><bdi>${happened(message, t)}</bdi> · <span class="numbers">${clock(message.said_at, t.language)}</span></p>`;
  const isNew = !before?.message || before.message.author !== message.author || before.message.kind === "event" || message.at - before.at > 300;
  const isTroubled = message.state === "failed" || message.state === "unknown";
  const isBare = message.kind === "recalled" || (message.kind === "unknown" && !message.text && !message.attachments.length);
  return html`
    ${isNew && html`<p class="byline ${isOurs(message) ? "mine" : ""}"><bdi>${authorOf(message, story, t)}</bdi> <span class="numbers">${clock(message.said_at, t.language)}</span></p>`}
    ${isBare ? html`<p class="bubble is-bare">${t(`kind_${message.kind}`)}</p>` : html`<${Bubble} message=${message} asked=${asked} t=${t} onProblem=${onProblem} />`}
    ${isTroubled && html`<${Trouble} message=${message} t=${t} onAgain=${onAgain} />`}
    ${isLast && RECEIPTS.has(message.state) && html`<p class="message-state">${t(`state_${message.state}`)}</p>`}`;
}

export function Thread({ story, pending, typing, t, onRetry, onAgain, onProblem }) {
  const box = useRef(null);
  const isAtEnd = useRef(true);
  const known = new Set(story.messages.map((message) => message.client_id));
  const waiting = pending.filter((item) => !known.has(item.clientId));
  const all = entries(story, t);
  const newest = story.messages[story.messages.length - 1];
  useEffect(() => { isAtEnd.current = true; }, [story.interaction.id]);
  useEffect(() => {
    if (isAtEnd.current) box.current.scrollTop = box.current.scrollHeight;
  }, [story, waiting.length, typing]);
  useEffect(() => {
    const keepEnd = new ResizeObserver(() => { if (isAtEnd.current) box.current.scrollTop = box.current.scrollHeight; });
    const onLoad = () => { if (isAtEnd.current) box.current.scrollTop = box.current.scrollHeight; }; // a picture came: it is taller now
    const thread = box.current;
    keepEnd.observe(thread);
    thread.addEventListener("load", onLoad, true);
    return () => { keepEnd.disconnect(); thread.removeEventListener("load", onLoad, true); };
  }, []);
  const onScroll = () => {
    const { scrollTop, scrollHeight, clientHeight } = box.current;
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < 80;
  };
  return html`<div class="thread" ref=${box} onScroll=${onScroll} role="log" aria-label=${t("conversation")} tabindex="0">
    ${all.map((entry, index) => entry.message
      ? html`<${Message} key=${entry.key} message=${entry.message} before=${all[index - 1]} asked=${story.messages[story.messages.indexOf(entry.message) - 1]} story=${story} t=${t} isLast=${entry.message === newest && isOurs(newest)} onProblem=${onProblem} onAgain=${entry.message.author === story.interaction.agent ? onAgain : null} />`
      : html`<p key=${entry.key} class="system-line"><bdi>${entry.text}</bdi> · <span class="numbers">${clock(entry.at, t.language)}</span></p>`)}
    ${waiting.map((item) => html`<p key=${item.clientId} class="bubble text mine is-pending" dir="auto">${item.text}</p>
      ${item.failed
        ? html`<button type="button" class="button plain message-state bad" onClick=${() => onRetry(item)}>${t("notSent")}</button>`
        : html`<p class="message-state">${t("sending")}</p>`}`)}
    ${typing && html`<p class="typing" role="status"><span></span><span></span><span></span><span class="hidden-text">${t("typing")}</span></p>`}
  </div>`;
}
