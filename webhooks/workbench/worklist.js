// The left column: offers with their countdown, and what is being worked on.

import { html } from "./vendor/htm-preact.js";
import { Dial } from "./callbar.js";
import { Icon, MediumIcon } from "./icons.js";
import { day, span } from "./time.js";
import { channelOf, who } from "./words.js";

function Offer({ offer, now, t, phone, onAccept, onDecline }) {
  const total = Math.max(1, offer.expires_at - offer.offered_at);
  const left = Math.max(0, offer.expires_at - now);
  const isVoice = offer.medium === "voice";
  return html`<li class="offer ${isVoice ? "is-voice" : ""}">
    <div class="offer-head">
      <span class="avatar" aria-hidden="true"><${MediumIcon} medium=${offer.medium} /></span>
      <div class="offer-who"><bdi class="name">${who(offer, t)}</bdi>
        <span class="quiet small">${offer.channel === "voicemail" ? t("newMessage") : channelOf(offer, t) || t("newCall")} · <bdi>${t.pick(offer.queue_label, offer.queue)}</bdi></span></div>
      <span class="offer-left numbers" aria-hidden="true">${Math.ceil(left)}</span>
    </div>
    <progress class="countdown" max=${total} value=${left} aria-label=${t("ringing")}></progress>
    ${offer.queued_at && html`<p class="quiet small">${t("waited", { time: span(now - offer.queued_at) })}</p>`}
    ${offer.reply_by && html`<p class="small reply-by">${t("answerBy", { until: day(offer.reply_by, t.language) })}</p>`}
    ${offer.others_asked > 0 && html`<p class="quiet small others-asked">${t(isVoice ? "othersRung" : "othersAsked")}</p>`}
    ${isVoice && html`<p class="offer-hint"><${Icon} name="phone" />${t(phone.isRinging ? "answerHere" : "answerByPhone")}</p>`}
    <div class="offer-buttons">
      ${isVoice && phone.isRinging && html`<button class="button primary" type="button" onClick=${phone.answer}>${t("answer")}</button>`}
      ${!isVoice && html`<button class="button primary" type="button" onClick=${() => onAccept(offer)}>${t("accept")}</button>`}
      <button class="button" type="button" onClick=${() => onDecline(offer)}>${t("decline")}</button>
    </div>
  </li>`;
}

function excerpt(one, t) {
  if (one.state === "wrap_up") return t("wrap_up");
  if (one.state === "connecting") return t("connecting");
  const newest = one.newest_message;
  if (newest?.kind === "recalled" || newest?.kind === "unknown") return t(`kind_${newest.kind}`);
  if (newest && !newest.text && newest.attachments.length) return `[${t(`kind_${newest.attachments[0].kind}`)}]`;
  return newest?.text || t(one.medium === "voice" ? "onCall" : "connected");
}

function Item({ one, now, t, isChosen, unread, onChoose }) {
  const since = one.state === "wrap_up" ? one.ended_at : one.connected_at || one.opened_at;
  return html`<li><button type="button" class="item ${isChosen ? "is-chosen" : ""} is-${one.state}" aria-current=${isChosen ? "true" : undefined} onClick=${() => onChoose(one.id)}>
    <span class="avatar" title=${channelOf(one, t)} aria-hidden="true"><${MediumIcon} medium=${one.medium} /></span>
    <span class="item-text"><bdi class="name">${who(one, t)}</bdi><bdi class="excerpt quiet small">${excerpt(one, t)}</bdi>${one.reply_by && one.state === "connected" && html`<span class="small reply-by numbers">${t("answerBy", { until: day(one.reply_by, t.language) })}</span>`}</span>
    <span class="item-side"><span class="numbers small quiet">${span(now - since)}</span>
      ${unread && html`<span class="unread"><span class="hidden-text">${t("unread", { n: "" })}</span></span>`}</span>
  </button></li>`;
}

export function WorkList({ desk, onProblem, phone, now, t, chosen, isUnread, onAccept, onDecline, onChoose }) {
  return html`<nav class="worklist" aria-label=${t("work")}>
    <section aria-live="assertive" aria-label=${t("offers")} class="offers">
      ${desk.offers.length > 0 && html`<h2>${t("offers")}</h2>`}
      <ul>${desk.offers.map((offer) => html`<${Offer} key=${offer.id} offer=${offer} now=${now} t=${t} phone=${phone} onAccept=${onAccept} onDecline=${onDecline} />`)}</ul>
    </section>
    <h2>${t("work")} <span class="count numbers">${desk.interactions.length || ""}</span></h2>
    ${desk.interactions.length === 0 && html`<p class="quiet nothing">${t("noWork")}</p>`}
    <ul>${desk.interactions.map((one) => html`<${Item} key=${one.id} one=${one} now=${now} t=${t} isChosen=${one.id === chosen} unread=${isUnread(one)} onChoose=${onChoose} />`)}</ul>
    ${desk.agent && desk.presets.can_dial && html`<${Dial} t=${t} onProblem=${onProblem} />`}
  </nav>`;
}
