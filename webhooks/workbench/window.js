// Beside the box: how often and until when this contact may be answered, and what may be sent after that; or that the
// contact takes nothing of ours, on a channel without a window too.

import { html } from "./vendor/htm-preact.js";
import { Icon } from "./icons.js";
import { day } from "./time.js";

export const SOON_S = 3600;

// "" while one may write; the server says so, the clock may have gone on since.
export const refusalOf = (reply, now) => reply?.refusal || (reply?.until && now >= (reply.person_until ?? reply.until) ? "window-over" : "");

function sentence(reply, now, t) {
  const refusal = refusalOf(reply, now);
  if (refusal) return t(`err_${refusal}`);
  if (now >= reply.until) return t("windowPerson", { until: day(reply.person_until, t.language) });
  const until = day(reply.until, t.language);
  return reply.left == null ? t("windowUntil", { until }) : t("windowLeft", { left: reply.left, of: reply.of, until });
}

function Ready({ kind, names, t, onSend }) {
  return names.map((name) => html`<button type="button" class="button small-button" onClick=${() => onSend({ [kind]: name })}>
    <${Icon} name="card" /><span>${t(`send_${kind}`, { name })}</span></button>`);
}

export function ReplyWindow({ reply, now, t, onSend }) {
  const refusal = refusalOf(reply, now);
  const isTold = reply && (reply.is_limited || refusal);
  if (!reply || (!isTold && !reply.cards.length && !reply.templates.length)) return null;
  const isSoon = reply.is_limited && !refusal && (reply.until - now < SOON_S || reply.left === 1);
  return html`<div class="window ${refusal ? "is-over" : isSoon ? "is-soon" : ""}" role="status">
    ${isTold && html`<p><${Icon} name="clock" /><span class="numbers">${sentence(reply, now, t)}</span></p>`}
    <${Ready} kind="template" names=${reply.templates} t=${t} onSend=${onSend} />
    ${!refusal && html`<${Ready} kind="card" names=${reply.cards} t=${t} onSend=${onSend} />`}
  </div>`;
}
