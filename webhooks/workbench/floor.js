// The floor, for supervisors: queues against their promises, agents by what they do, calls to listen to, callbacks.

import { html, useEffect, useState } from "./vendor/htm-preact.js";
import { get, post } from "./api.js";
import { Icon, MediumIcon } from "./icons.js";
import { day, span } from "./time.js";
import { who } from "./words.js";

const REFRESH_MS = 5000; // also without events: shares fall while people wait
const GATHER_MS = 400;
const DOING = ["available", "ringing", "talking", "wrap_up", "rna", "break", "offline"];

// Asked again when `version` changes (the desk saw an event) and every few seconds.
function useFloor(version) {
  const [floor, setFloor] = useState(null);
  useEffect(() => {
    let isCurrent = true;
    const ask = () => get("/api/floor").then((fresh) => { if (isCurrent) setFloor(fresh); }).catch(() => {});
    const soon = setTimeout(ask, floor ? GATHER_MS : 0);
    const timer = setInterval(ask, REFRESH_MS);
    return () => { isCurrent = false; clearTimeout(soon); clearInterval(timer); };
  }, [version]);
  return floor;
}

const percent = (share) => (share == null ? "–" : `${Math.round(share * 100)} %`);

function Level({ queue, t }) {
  const { share, answered, in_time, late } = queue.level;
  const mood = share == null ? "" : share >= queue.target_share ? "good" : share >= queue.target_share - 0.2 ? "warn" : "bad";
  const title = t("levelMore", { in_time, answered, late });
  return html`<span class="pill numbers ${mood}" title=${title}>${percent(share)}<span class="hidden-text"> ${title}</span></span>
    <span class="quiet small numbers">${t("target", { share: percent(queue.target_share), seconds: queue.target_s })}</span>`;
}

function Queue({ queue, now, t }) {
  const longest = queue.oldest_at ? now - queue.oldest_at : 0;
  const isLate = longest > queue.target_s;
  return html`<tr class=${queue.waiting && !queue.ready ? "is-tense" : ""}>
    <th scope="row"><bdi>${t.pick(queue.label, queue.name)}</bdi></th>
    <td class="numbers" data-label=${t("waitingNow")}>${queue.waiting}</td>
    <td class="numbers ${isLate ? "is-late" : ""}" data-label=${t("longestWait")}>${queue.waiting ? span(longest) : "–"}</td>
    <td class="numbers" data-label=${t("inTalk")}>${queue.talking}</td>
    <td class="numbers" data-label=${t("readyOf")}>${queue.ready} / ${queue.available} / ${queue.staff}</td>
    <td data-label=${t("level")}><${Level} queue=${queue} t=${t} /></td></tr>`;
}

function Queues({ queues, now, t }) {
  return html`<section class="card" aria-label=${t("queues")}><h2>${t("queues")}</h2>
    <table class="floor-queues"><thead><tr><th scope="col">${t("queue")}</th><th scope="col">${t("waitingNow")}</th><th scope="col">${t("longestWait")}</th>
      <th scope="col">${t("inTalk")}</th><th scope="col">${t("readyOf")}</th><th scope="col">${t("level")}</th></tr></thead>
    <tbody>${queues.map((queue) => html`<${Queue} key=${queue.name} queue=${queue} now=${now} t=${t} />`)}</tbody></table></section>`;
}

function Agent({ agent, reasons, now, t }) {
  const reason = reasons.find((one) => one.code === agent.reason);
  const oldest = Math.min(...agent.work.map((one) => one.since));
  const more = agent.doing === "break" && reason ? t.pick(reason.label) : agent.work.length ? span(now - oldest) : "";
  return html`<li class="floor-agent is-${agent.doing}"><span class="dot" aria-hidden="true"></span><bdi class="name">${agent.name}</bdi>
    ${agent.work.map((one) => html`<${MediumIcon} medium=${one.medium} />`)}
    <span class="quiet small numbers">${more}</span>
    ${agent.next_presence && html`<span class="pill">${t("then", { presence: t(agent.next_presence) })}</span>`}
    ${agent.phone !== "ready" && agent.doing !== "offline" && html`<span class="pill warn">${t(`phone_${agent.phone}`)}</span>`}</li>`;
}

function Agents({ agents, reasons, now, t }) {
  const groups = DOING.map((doing) => [doing, agents.filter((agent) => agent.doing === doing)]).filter(([, found]) => found.length);
  return html`<section class="card" aria-label=${t("agents")}><h2>${t("agents")}</h2>
    ${groups.map(([doing, found]) => html`<div class="floor-group" key=${doing}><h3>${t(`doing_${doing}`)} <span class="count numbers">${found.length}</span></h3>
      <ul>${found.map((agent) => html`<${Agent} key=${agent.id} agent=${agent} reasons=${reasons} now=${now} t=${t} />`)}</ul></div>`)}
  </section>`;
}

// The calls of others: listened to by nobody's notice, or taken over.
export function Calls({ calls, me, now, t, onProblem }) {
  return html`<section class="card" aria-label=${t("liveCalls")}><h2>${t("liveCalls")} <span class="count numbers">${calls.length || ""}</span></h2>
    ${!calls.length && html`<p class="quiet">${t("noCalls")}</p>`}
    <ul>${calls.map((one) => {
      const mine = (one.guests || []).find((guest) => guest.kind === "supervisor" && guest.who === me.agent);
      const ask = (word) => post(`/api/interactions/${one.id}/${word}`).catch(onProblem);
      const mode = { listening: "listen", whispering: "whisper", barging: "barge" }[mine?.state];
      return html`<li class="floor-call" key=${one.id}><p><bdi class="name">${one.agent_name}</bdi> · <bdi>${who(one, t)}</bdi>
          <span class="quiet small"> <bdi>${t.pick(one.queue_label, one.queue)}</bdi> · <span class="numbers">${span(now - one.connected_at)}</span></span>
          ${mine && html` <span class="pill accent">${mine.state === "ringing" ? t("answerByPhone") : t(`guest_${mine.state}`, { name: "" })}</span>`}</p>
        ${me.agent && html`<div class="callbar-buttons">${["listen", "whisper", "barge", "takeover"].map((word) => html`<button class="button" type="button" aria-pressed=${word === "takeover" ? undefined : String(word === mode)} onClick=${() => ask(word)} disabled=${word === "takeover" && !mode}>${t(`do_${word}`)}</button>`)}</div>`}</li>`;
    })}</ul></section>`;
}

function Callbacks({ callbacks, now, t, onProblem, onChanged }) {
  const cancel = (one) => post(`/api/callbacks/${one.id}/cancel`).catch(onProblem).then(onChanged);
  const stateOf = (one) => (one.state === "scheduled" ? t(one.due_at > now ? "callAt" : "callSoon", { at: day(one.due_at ?? now, t.language) }) : t.has(one.state) ? t(one.state) : t("inLine"));
  return html`<section class="card" aria-label=${t("callbacks")}><h2>${t("callbacks")} <span class="count numbers">${callbacks.length || ""}</span></h2>
    ${!callbacks.length && html`<p class="quiet">${t("noCallbacks")}</p>`}
    <ul>${callbacks.map((one) => html`<li class="floor-callback" key=${one.id}><${Icon} name="phone" /><p><bdi class="name">${one.person?.name || one.address}</bdi> ${one.person?.name && html`<bdi class="quiet small">${one.address}</bdi>`}
        <span class="quiet small"><bdi>${t.pick(one.queue_label, one.queue)}</bdi> · ${stateOf(one)}${one.tries > 0 && html` · ${t("tries", { n: one.tries })}`}</span></p>
      <button class="button plain small-button" type="button" onClick=${() => cancel(one)}>${t("callOff")}</button></li>`)}</ul></section>`;
}

export function Floor({ desk, me, version, now, t, onProblem }) {
  const [own, setOwn] = useState(0);
  const floor = useFloor(`${version}:${own}`);
  if (!floor) return html`<main class="floor" aria-busy="true"></main>`;
  return html`<main class="floor" aria-label=${t("floor")}>
    <${Queues} queues=${floor.queues} now=${now} t=${t} />
    <div class="floor-columns"><${Agents} agents=${floor.agents} reasons=${desk.presets.break_reasons} now=${now} t=${t} />
      <div class="floor-stack"><${Calls} calls=${desk.live_calls} me=${me} now=${now} t=${t} onProblem=${onProblem} />
        <${Callbacks} callbacks=${floor.callbacks} now=${now} t=${t} onProblem=${onProblem} onChanged=${() => setOwn(own + 1)} /></div></div>
  </main>`;
}
