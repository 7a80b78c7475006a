// The middle: one conversation, by chat or call, and its wrap-up.

import { html, useState } from "./vendor/htm-preact.js";
import { newId, post } from "./api.js";
import { CallCard, MessageCard } from "./call.js";
import { Composer } from "./composer.js";
import { Icon, MediumIcon } from "./icons.js";
import { Thread } from "./thread.js";
import { span } from "./time.js";
import { who } from "./words.js";
import { WrapUp } from "./wrapup.js";

function Head({ one, now, t, onEnd, onSide }) {
  const isTalking = one.state === "connected";
  const since = one.state === "wrap_up" ? one.ended_at : one.connected_at;
  return html`<header class="talk-head">
    <span class="avatar" aria-hidden="true"><${MediumIcon} medium=${one.medium} /></span>
    <div class="talk-who"><h2><bdi>${who(one, t)}</bdi></h2>
      <p class="quiet small"><bdi>${t.pick(one.queue_label, one.queue)}</bdi> · ${t(one.state)}${since && html` · <span class="numbers" role="timer">${span(now - since)}</span>`}</p></div>
    <button class="button plain icon-only only-medium" type="button" aria-label=${t("details")} title=${t("details")} onClick=${onSide}><${Icon} name="user" /></button>
    ${isTalking && html`<button class="button danger" type="button" onClick=${onEnd}><${Icon} name="close" /><span>${t(one.medium === "voice" ? "hangUp" : "end")}</span></button>`}
  </header>`;
}

export function Conversation({ one, story, desk, me, now, t, onProblem, onFinish, onSide }) {
  const [pending, setPending] = useState([]); // {id, clientId, text, failed}
  const mine = pending.filter((item) => item.id === one.id);

  async function send(text, clientId = newId()) {
    setPending((known) => [...known.filter((item) => item.clientId !== clientId), { id: one.id, clientId, text }]);
    try {
      await post(`/api/interactions/${one.id}/messages`, { text, client_id: clientId });
    } catch (error) {
      onProblem(error);
      setPending((known) => known.map((item) => (item.clientId === clientId ? { ...item, failed: true } : item)));
    }
  }
  const end = () => post(`/api/interactions/${one.id}/end`).catch(onProblem);

  const isMessage = one.channel === "voicemail";
  return html`<section class="talk" aria-label=${t("conversation")}>
    <${Head} one=${one} now=${now} t=${t} onEnd=${end} onSide=${onSide} />
    ${story && one.medium === "voice" && html`<${CallCard} story=${{ ...story, interaction: { ...story.interaction, ...one } }} now=${now} t=${t} />`}
    ${story && isMessage && html`<${MessageCard} story=${{ ...story, interaction: { ...story.interaction, ...one } }} t=${t} />`}
    ${story && one.medium === "text" && !isMessage && html`<${Thread} story=${story} pending=${mine} t=${t} onRetry=${(item) => send(item.text, item.clientId)} onAgain=${one.state === "connected" ? (text) => send(text) : null} />`}
    ${!story && html`<div class="thread" aria-busy="true"></div>`}
    ${one.state === "connected" && one.medium === "text" && !isMessage && html`<${Composer} id=${one.id} t=${t} language=${one.language} replies=${desk.presets.quick_replies} agent=${me.name} onSend=${send} />`}
    ${one.state === "wrap_up" && html`<${WrapUp} interaction=${one} dispositions=${desk.presets.dispositions} now=${now} t=${t} onFinish=${onFinish} />`}
  </section>`;
}

export function Calm({ desk, t }) {
  const isAway = desk.agent && desk.agent.presence !== "available";
  return html`<section class="talk calm">
    <svg class="calm-picture" viewBox="0 0 120 80" aria-hidden="true"><path d="M10 62c18 0 20-34 42-34s22 24 36 24 12-14 22-14" /><circle cx="10" cy="62" r="4" /><circle cx="110" cy="38" r="4" /><circle cx="52" cy="28" r="4" /></svg>
    <h2>${t(isAway ? "away" : "calm")}</h2>
    <p class="quiet">${t(isAway ? "awayMore" : "calmMore")}</p>
    <p class="quiet small keys">${t("keys")}</p>
  </section>`;
}
