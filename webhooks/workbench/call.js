// A call on the screen: state and time, the way through the menu, recording, transcript.

import { html } from "./vendor/htm-preact.js";
import { Icon } from "./icons.js";
import { Trouble } from "./thread.js";
import { clock, span } from "./time.js";
import { who } from "./words.js";

// "main.menu.menu 1" -> a step worth showing; what is only said is left out.
const SAID_ONLY = new Set(["say", "play", "set", "message"]);
const KEYED = new Set(["menu", "gather", "language"]);

export function steps(path, one, t) {
  return path
    .map((place) => /^[^.]*\.([^.]*)\.(\w+) ?(.*)$/.exec(place))
    .filter((found) => found && !SAID_ONLY.has(found[2]))
    .map(([, block, word, more]) => {
      if (KEYED.has(word)) return { block, more: more && t("menuKey", { key: more }) };
      if (word === "queue") return { block: t.pick(more === one.queue ? one.queue_label : null, more || block), more: "" };
      return { block, more };
    });
}

function Path({ path, one, t }) {
  const shown = steps(path, one, t);
  if (!shown.length) return null;
  return html`<section class="call-part"><h3>${t("path")}</h3>
    <ol class="path">${shown.map((step) => html`<li><bdi>${step.block}</bdi>${step.more && html` <span class="quiet"><bdi>${step.more}</bdi></span>`}</li>`)}</ol></section>`;
}

const SOUND = { running: ["recording", "bad"], finished: ["recorded", "good"], truncated: ["truncated", "warn"], missing: ["missing", "warn"] };

function Recording({ recording, id, t }) {
  const [word, mood] = SOUND[recording.state] || SOUND.missing;
  const isThere = recording.state === "finished" || recording.state === "truncated";
  return html`<div class="recording">
    <span class="pill ${mood}"><${Icon} name="record" />${t(word)}${recording.seconds > 0 && html` <span class="numbers">${span(recording.seconds)}</span>`}</span>
    ${isThere && html`<audio controls preload="none" aria-label=${t("listen")} src="/api/interactions/${id}/recording.wav?part=${recording.part}"></audio>`}
  </div>`;
}

function Transcript({ transcript, t }) {
  if (transcript.state === "waiting") return html`<p class="quiet"><span class="pill warn">${t("transcribing")}</span></p>`;
  if (transcript.state === "failed") return html`<p class="quiet">${t("noTranscript", { error: transcript.error })}</p>`;
  return html`<div>
    <p class="quiet small">${t("heardBy", { engine: transcript.engine })}</p>
    <ol class="turns">${transcript.turns.map((turn) => html`<li class="turn is-${turn.side}">
      <span class="turn-at numbers small quiet">${span(turn.start_s)}</span><span class="turn-side small">${t(`side_${turn.side}`)}</span><bdi class="text" dir="auto">${turn.text}</bdi></li>`)}</ol>
  </div>`;
}

// A message somebody left: who, the number to call back, the sound and its words.
export function MessageCard({ story, t }) {
  const one = story.interaction;
  return html`<div class="call">
    <div class="call-card">
      <span class="avatar call-avatar" aria-hidden="true"><${Icon} name="record" /></span>
      <p class="call-who"><bdi>${one.subject || who(one, t)}</bdi></p>
      <p class="quiet">${t("voiceMessage")} · ${clock(one.opened_at, t.language)}</p>
      ${one.subject && html`<p>${t("callBackAt")} <a href="tel:${one.subject}"><bdi>${one.subject}</bdi></a></p>`}
      ${story.recordings.map((recording) => html`<${Recording} key=${recording.id} recording=${recording} id=${one.id} t=${t} />`)}
    </div>
    ${story.transcripts.length > 0 && html`<section class="call-part"><h3>${t("transcript")}</h3>
      ${story.transcripts.map((transcript) => html`<${Transcript} key=${transcript.recording} transcript=${transcript} t=${t} />`)}</section>`}
  </div>`;
}

// What was written meanwhile by another channel: a text message during the call.
function Written({ messages, t, onAgain }) {
  if (!messages.length) return null;
  return html`<section class="call-part"><h3>${t("written")}</h3><ol class="turns">${messages.map((message) => html`<li class="turn is-${message.direction === "out" ? "agent" : "contact"}" key=${message.id}>
    <span class="turn-at numbers small quiet">${clock(message.said_at, t.language)}</span><span class="turn-side small">${t(message.direction === "out" ? "side_agent" : "side_contact")}</span>
    <div><bdi class="text" dir="auto">${message.text}</bdi>${message.state === "failed" || message.state === "unknown"
      ? html`<${Trouble} message=${message} t=${t} onAgain=${onAgain} />`
      : t.has(`state_${message.state}`) && html` <span class="small quiet">${t(`state_${message.state}`)}</span>`}</div></li>`)}</ol></section>`;
}

export function CallCard({ story, now, t, onAgain }) {
  const one = story.interaction;
  const isOver = Boolean(one.ended_at);
  const text = isOver ? t("callOver") : one.state === "connected" ? t("onCall") : t("connecting");
  const seconds = one.connected_at ? (one.ended_at || now) - one.connected_at : 0;
  return html`<div class="call">
    <div class="call-card ${isOver ? "is-over" : ""}">
      <span class="avatar call-avatar" aria-hidden="true"><${Icon} name="phone" /></span>
      <p class="call-who"><bdi>${who(one, t)}</bdi></p>
      <p class="quiet" role="status">${text}</p>
      <p class="call-time numbers" role="timer" aria-label=${text}>${span(seconds)}</p>
      ${story.recordings.map((recording) => html`<${Recording} key=${recording.id} recording=${recording} id=${one.id} t=${t} />`)}
      ${one.queued_at && html`<p class="small quiet">${clock(one.queued_at, t.language)} · ${t("waited", { time: span((one.connected_at || now) - one.queued_at) })}</p>`}
    </div>
    <${Written} messages=${story.messages} t=${t} onAgain=${onAgain} />
    <${Path} path=${story.path} one=${one} t=${t} />
    ${story.transcripts.length > 0 && html`<section class="call-part"><h3>${t("transcript")}</h3>
      ${story.transcripts.map((transcript) => html`<${Transcript} key=${transcript.recording} transcript=${transcript} t=${t} />`)}</section>`}
  </div>`;
}
