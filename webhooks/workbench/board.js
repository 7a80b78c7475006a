// The strip of queue figures.

import { html } from "./vendor/htm-preact.js";
import { Icon } from "./icons.js";
import { span } from "./time.js";

function Queue({ queue, now, t }) {
  const longest = queue.oldest_at ? now - queue.oldest_at : 0;
  const mood = queue.waiting && !queue.ready ? "is-tense" : queue.waiting ? "is-busy" : "";
  return html`<li class="queue ${mood}">
    <bdi class="queue-name">${t.pick(queue.label, queue.name)}</bdi>
    <span><b class="numbers">${queue.waiting}</b> ${t("waiting")}</span>
    ${queue.oldest_at && html`<span><b class="numbers">${span(longest)}</b> ${t("longest")}</span>`}
    <span><b class="numbers">${queue.talking}</b> ${t("talking")}</span>
    <span><b class="numbers">${queue.ready}/${queue.staff}</b> ${t("ready")}</span>
    ${queue.ready > queue.ready_for_calls && html`<span class="queue-calls"><${Icon} name="phone" /><b class="numbers">${queue.ready_for_calls}</b> ${t("readyForCalls")}</span>`}
  </li>`;
}

export const Board = ({ queues, now, t }) => html`<section class="board" aria-label=${t("queues")}>
  <ul>${queues.map((queue) => html`<${Queue} key=${queue.name} queue=${queue} now=${now} t=${t} />`)}</ul>
</section>`;
