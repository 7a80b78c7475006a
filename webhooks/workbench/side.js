// The right column: who it is, why it came to me, what was before.

import { html, useEffect, useState } from "./vendor/htm-preact.js";
import { get } from "./api.js";
import { Icon, MediumIcon } from "./icons.js";
import { day } from "./time.js";
import { SamePerson } from "./people.js";
import { who } from "./words.js";

function useAnswer(path, version) {
  const [answer, setAnswer] = useState(null);
  useEffect(() => {
    if (!path) return undefined;
    let isCurrent = true;
    get(path).then((fresh) => { if (isCurrent) setAnswer(fresh); }).catch(() => { if (isCurrent) setAnswer(null); });
    return () => { isCurrent = false; };
  }, [path, version]);
  return answer;
}

function Contact({ one, t }) {
  const person = one.person;
  const name = who(one, t);
  return html`<section class="card" aria-label=${t("contact")}>
    <div class="contact-head"><span class="avatar big-avatar" aria-hidden="true">${Array.from(name)[0]}</span>
      <div><h2 title=${name}><bdi>${name}</bdi></h2>${person?.level && html`<span class="pill accent"><bdi>${person.level}</bdi></span>`}</div></div>
    <dl class="facts">
      ${person?.language && html`<dt>${t("language")}</dt><dd>${t.has(`lang_${person.language}`) ? t(`lang_${person.language}`) : person.language}</dd>`}
      ${person?.addresses?.length > 0 && html`<dt>${t("addresses")}</dt>${once(person.addresses).map(([scope, address]) => html`<dd class="address"><${Icon} name=${scope === "tel" ? "phone" : "chat"} /><bdi>${brief(address)}</bdi></dd>`)}`}
    </dl>
  </section>`;
}

// What came of it: tickets opened, who they proved to be, what they said of us.
function Results({ one, version, t }) {
  const told = useAnswer(`/api/interactions/${one.id}`, version);
  const tickets = useAnswer(one.contact && `/api/tickets?contact=${encodeURIComponent(one.contact)}&limit=5`, version)?.tickets || [];
  const proof = told?.verified?.[told.verified.length - 1];
  const answers = told?.surveys || [];
  if (!proof && !tickets.length && !answers.length) return null;
  return html`<section class="card results" aria-label=${t("results")}><h3>${t("results")}</h3><ul class="history">
    ${proof && html`<li class="ok">${t(`verified_${proof.verified_by}`)}${proof.member && html` · <bdi>${proof.member}</bdi>`}</li>`}
    ${tickets.map((ticket) => html`<li key=${ticket.number}>${t("ticket", { number: ticket.number })} <span class="pill">${t(`ticket_${ticket.state}`)}</span>
      <bdi class="quiet small">${ticket.subject}</bdi></li>`)}
    ${answers.map((answer) => html`<li key=${answer.number}>${t("survey", { score: answer.score, best: answer.best })}${answer.is_low && html` <span class="pill accent">${t("low")}</span>`}</li>`)}
  </ul></section>`;
}

function Why({ one, version, t }) {
  const why = useAnswer(`/api/interactions/${one.id}/why`, version);
  const receipt = why?.receipts?.[why.receipts.length - 1];
  if (!why) return null;
  const score = new Map(receipt?.candidates || []);
  const rows = receipt ? [...score.keys(), ...receipt.losers.map((loser) => loser.agent).filter((agent) => !score.has(agent))] : [];
  const reason = (agent) => { const lost = receipt.losers.find((loser) => loser.agent === agent); return lost ? lost[t.language] || lost.en : ""; };
  return html`<section class="card"><h3><${Icon} name="why" />${t("why")}</h3>
    <p class="why-text">${why[t.language] || why.en}</p>
    ${rows.length > 1 && html`<details><summary>${t("whyMore")}</summary>
      <ul class="weighed">${rows.map((agent) => html`<li class=${agent === receipt.winner ? "is-winner" : ""}><bdi>${why.names[agent] || agent}</bdi>
        <span class="quiet small">${agent === receipt.winner ? t("chosen") : reason(agent)}</span></li>`)}</ul></details>`}
  </section>`;
}

function Past({ one, t, dispositions }) {
  const label = dispositions.find((preset) => preset.code === one.disposition);
  const isPromised = one.state === "scheduled";
  const result = isPromised ? t(one.due_at ? "callAt" : "callSoon", { at: day(one.due_at ?? 0, t.language) }) : label ? t.pick(label.label) : one.disposition || (one.outcome ? (t.has(`outcome_${one.outcome}`) ? t(`outcome_${one.outcome}`) : one.outcome) : t("open"));
  const channel = t.has(`channel_${one.channel}`) ? t(`channel_${one.channel}`) : one.channel;
  return html`<li><details class="past"><summary>
      <span class="avatar small-avatar" aria-hidden="true"><${MediumIcon} medium=${one.medium} /></span>
      <span class="past-text"><bdi>${one.queue ? t.pick(one.queue_label, one.queue) : channel}</bdi><span class="quiet small">${day(one.opened_at, t.language)}${one.agent_name && html` · <bdi>${one.agent_name}</bdi>`}</span></span>
      <span class="pill">${result}</span></summary>
    <p class="text past-notes" dir="auto">${one.notes || t("noNotes")}</p></details></li>`;
}

function History({ one, version, t, dispositions }) {
  const answer = useAnswer(one.contact && `/api/interactions?contact=${encodeURIComponent(one.contact)}&limit=20`, version);
  const past = (answer?.interactions || []).filter((other) => other.id !== one.id);
  return html`<section class="card"><h3><${Icon} name="clock" />${t("history")}</h3>
    ${past.length === 0 ? html`<p class="quiet">${t("noHistory")}</p>` : html`<ul class="history">${past.map((other) => html`<${Past} key=${other.id} one=${other} t=${t} dispositions=${dispositions} />`)}</ul>`}
  </section>`;
}

function Same({ one, t }) {
  const [version, setVersion] = useState(0);
  const told = useAnswer(one.person && `/api/people/${encodeURIComponent(one.contact)}`, `${one.state}:${version}`);
  return html`<${SamePerson} contact=${one.contact} told=${told} t=${t} onChanged=${() => setVersion(version + 1)} />`;
}

// The same mail address may be known as the thread's and by what the contact said.
const once = (addresses) => addresses.filter(([, address], place) => addresses.findIndex(([, other]) => other === address) === place);
const brief = (address) => (address.length > 20 && !address.includes("@") ? `…${address.slice(-8)}` : address);

export const Side = ({ one, version, t, dispositions }) => html`<aside class="side" aria-label=${t("details")}>
  ${one && html`<${Contact} one=${one} t=${t} /><${Same} one=${one} t=${t} /><${Results} one=${one} version=${one.state} t=${t} /><${Why} one=${one} version=${one.state} t=${t} /><${History} one=${one} version=${one.state} t=${t} dispositions=${dispositions} />`}
</aside>`;
