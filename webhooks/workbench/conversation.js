// The middle: one conversation, by chat or call, and its wrap-up.

import { html, useEffect, useState } from "./vendor/htm-preact.js";
import { newId, post, upload } from "./api.js";
import { CallCard, MessageCard } from "./call.js";
import { CallBar } from "./callbar.js";
import { Composer } from "./composer.js";
import { Icon, MediumIcon } from "./icons.js";
import { Thread } from "./thread.js";
import { span } from "./time.js";
import { channelOf, who } from "./words.js";
import { refusalOf, ReplyWindow } from "./window.js";
import { WrapUp } from "./wrapup.js";

function Head({ one, isMine, now, t, onEnd, onSide }) {
  const isTalking = one.state === "connected" && isMine;
  const since = one.state === "wrap_up" ? one.ended_at : one.connected_at;
  return html`<header class="talk-head">
    <span class="avatar" aria-hidden="true"><${MediumIcon} medium=${one.medium} /></span>
    <div class="talk-who"><h2><bdi>${who(one, t)}</bdi></h2>
      <p class="quiet small">${channelOf(one, t) && html`<span class="channel">${channelOf(one, t)}</span> · `}<bdi>${t.pick(one.queue_label, one.queue)}</bdi> · ${t(one.state)}${since && html` · <span class="numbers" role="timer">${span(now - since)}</span>`}</p></div>
    <button class="button plain icon-only only-medium" type="button" aria-label=${t("details")} title=${t("details")} onClick=${onSide}><${Icon} name="user" /></button>
    ${isTalking && html`<button class="button danger" type="button" onClick=${onEnd}><${Icon} name="close" /><span>${t(one.medium === "voice" ? "hangUp" : "end")}</span></button>`}
  </header>`;
}

// Tells the contact's page that the agent saw what they wrote, while this window is in front.
function useSeen(one, story) {
  const unread = (story?.messages || []).filter((message) => message.direction === "in" && message.state !== "read");
  const wanted = one.state === "connected" && unread.length ? Math.max(...unread.map((message) => message.seq)) : 0;
  useEffect(() => {
    if (!wanted) return undefined;
    const tell = () => { if (document.visibilityState === "visible") post(`/api/interactions/${one.id}/seen`, { seq: wanted }).catch(() => {}); };
    tell();
    document.addEventListener("visibilitychange", tell);
    return () => document.removeEventListener("visibilitychange", tell);
  }, [one.id, wanted]);
}

export function Conversation({ one, story, typing, desk, me, now, t, onProblem, onFinish, onSide }) {
  const [pending, setPending] = useState([]); // {id, clientId, text, failed}
  const mine = pending.filter((item) => item.id === one.id);

  const [unsent, setUnsent] = useState(null); // a file that this channel does not take: offered as a link

  // `carry` hands one thing over, once per client id; it stays visible until the thread has it.
  async function hand(text, carry, clientId = newId()) {
    const item = { id: one.id, clientId, text, retry: () => hand(text, carry, clientId) };
    setPending((known) => [...known.filter((other) => other.clientId !== clientId), item]);
    try {
      await carry(clientId);
    } catch (error) {
      if (error.code === "not-supported") throw error;
      onProblem(error);
      setPending((known) => known.map((other) => (other.clientId === clientId ? { ...other, failed: true } : other)));
    }
  }
  const send = (text) => hand(text, (id) => post(`/api/interactions/${one.id}/messages`, { text, client_id: id }));
  const sendReady = (what) => hand(Object.values(what)[0], (id) => post(`/api/interactions/${one.id}/messages`, { ...what, client_id: id }));
  const path = (file, id, more = "") => `/api/interactions/${one.id}/files?name=${encodeURIComponent(file.name)}&client_id=${id}${more}`;
  const sendLink = (file) => hand(`📎 ${file.name}`, (id) => upload(path(file, id, "&as=link"), file));
  function sendFiles(files) {
    for (const file of files) {
      const clientId = newId();
      hand(`📎 ${file.name}`, (id) => upload(path(file, id), file), clientId).catch(() => {
        setPending((known) => known.filter((other) => other.clientId !== clientId));
        setUnsent(file);
      });
    }
  }
  const again = (message) => post(`/api/messages/${message.id}/again`).catch(onProblem);
  const onTyping = () => post(`/api/interactions/${one.id}/typing`).catch(() => {});
  useSeen(one, story);
  useEffect(() => setUnsent(null), [one.id]);
  const refusal = refusalOf(story?.reply, now);
  const end = () => post(`/api/interactions/${one.id}/end`).catch(onProblem);

  const moreTime = () => post(`/api/interactions/${one.id}/more-time`).catch(onProblem);

  const isMessage = one.channel === "voicemail";
  const isWriting = one.state === "connected" && one.medium === "text" && !isMessage;
  return html`<section class="talk" aria-label=${t("conversation")}>
    <${Head} one=${one} isMine=${one.agent === me.agent} now=${now} t=${t} onEnd=${end} onSide=${onSide} />
    ${one.state === "connected" && !isMessage && html`<${CallBar} key=${one.id} one=${one} story=${story} desk=${desk} now=${now} t=${t} onProblem=${onProblem} />`}
    ${story && one.medium === "voice" && html`<${CallCard} story=${{ ...story, interaction: { ...story.interaction, ...one } }} now=${now} t=${t} onAgain=${one.state === "connected" ? again : null} />`}
    ${story && isMessage && html`<${MessageCard} story=${{ ...story, interaction: { ...story.interaction, ...one } }} t=${t} />`}
    ${story && one.medium === "text" && !isMessage && html`<${Thread} story=${story} pending=${mine} typing=${typing} t=${t} onProblem=${onProblem} onRetry=${(item) => item.retry()} onAgain=${one.state === "connected" ? again : null} />`}
    ${!story && html`<div class="thread" aria-busy="true"></div>`}
    ${unsent && html`<div class="window is-soon" role="alert"><p>${t("notTaken", { name: unsent.name })}</p>
      <button type="button" class="button small-button" onClick=${() => { sendLink(unsent); setUnsent(null); }}>${t("asLink")}</button>
      <button type="button" class="button plain small-button" onClick=${() => setUnsent(null)}>${t("close")}</button></div>`}
    ${isWriting && html`<${ReplyWindow} reply=${story?.reply} now=${now} t=${t} onSend=${sendReady} />`}
    ${isWriting && html`<${Composer} id=${one.id} refusal=${refusal} onFiles=${sendFiles} onTyping=${onTyping} t=${t} language=${one.language} replies=${desk.presets.quick_replies} agent=${me.name} onSend=${send} />`}
    ${one.state === "wrap_up" && html`<${WrapUp} interaction=${one} dispositions=${desk.presets.dispositions} now=${now} t=${t} onFinish=${onFinish} onMore=${moreTime} />`}
  </section>`;
}

export function Calm({ desk, t }) {
  const isAway = desk.agent && desk.agent.presence !== "available";
  const waiting = desk.offers.length;
  return html`<section class="talk calm">
    <svg class="calm-picture" viewBox="0 0 120 80" aria-hidden="true"><path d="M10 62c18 0 20-34 42-34s22 24 36 24 12-14 22-14" /><circle cx="10" cy="62" r="4" /><circle cx="110" cy="38" r="4" /><circle cx="52" cy="28" r="4" /></svg>
    <h2>${t(waiting ? "asked" : isAway ? "away" : "calm", { n: waiting })}</h2>
    <p class="quiet">${t(waiting ? "askedMore" : isAway ? "awayMore" : "calmMore", { offers: t("offers") })}</p>
    <p class="quiet small keys">${t("keys")}</p>
  </section>`;
}
