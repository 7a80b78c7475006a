// What an agent does within a conversation besides talking: hold, hand on, ask a colleague, talk in three, call.

import { html, useState } from "./vendor/htm-preact.js";
import { newId, post } from "./api.js";
import { CallLater, CallNow } from "./callout.js";
import { Destination } from "./destination.js";
import { Icon } from "./icons.js";
import { day } from "./time.js";

const LIFT = "lift";
const LATER = "promise";

// By another channel meanwhile: words, and a link that opens our chat as this contact.
function Text({ one, channels, chatLink, t, onProblem }) {
  const [text, setText] = useState("");
  const [hasLink, setLink] = useState(false);
  const [account, setAccount] = useState(channels[0].name);
  const said = text.trim() || (hasLink ? t.in(one.language, "chatLinkText") : "");
  const submit = async (event) => {
    event.preventDefault();
    try {
      await post(`/api/interactions/${one.id}/messages`, { text: said, account, client_id: newId(), ...(hasLink ? { link: chatLink } : {}) });
      setText("");
      setLink(false);
    } catch (error) { onProblem(error); }
  };
  return html`<form class="callbar-form" onSubmit=${submit}>
    ${channels.length > 1 && html`<select aria-label=${t("byChannel")} value=${account} onChange=${(event) => setAccount(event.target.value)}>${channels.map((each) => html`<option value=${each.name}>${each.name}</option>`)}</select>`}
    <input type="text" dir="auto" maxlength="500" aria-label=${t("textToContact")} placeholder=${hasLink ? said : t("textToContact")} value=${text} onInput=${(event) => setText(event.target.value)} />
    ${chatLink && html`<button class="button plain toggle" type="button" aria-pressed=${String(hasLink)} title=${t("chatLinkMore")} onClick=${() => setLink(!hasLink)}><${Icon} name="link" /><span>${t("chatLink")}</span></button>`}
    <button class="button" type="submit" disabled=${!said}><${Icon} name="send" /><span>${t("send")}</span></button>
  </form>`;
}

// The buttons that make sense now, by who is with whom.
function buttonsOf({ one, guest, t, ask, open, what, canDial, sendLink }) {
  const button = (word, run, mood = "") => html`<button class="button ${mood}" type="button" onClick=${run}>${t(word)}</button>`;
  const opens = (word, name = word) => html`<button class="button" type="button" aria-expanded=${String(what === name)} onClick=${() => open(what === name ? "" : name)}>${t(word)}</button>`;
  if (one.medium !== "voice") return [opens("transfer"), opens("invite"), canDial && opens("callContact", LIFT), canDial && opens("promise", LATER), sendLink && button("chatLink", sendLink)];
  if (one.talk === "consulting" && guest?.state === "ringing") return [button("cancel", () => ask("cancel"))];
  if (one.talk === "consulting") return [button("complete", () => ask("complete"), "primary"), button("threeWay", () => ask("conference")), button("backToContact", () => ask("cancel"))];
  if (one.talk === "three_way") return [button("leaveToThem", () => ask("complete"), "primary"), button("dropThird", () => ask("cancel"))];
  const first = one.talk === "held" ? button("unhold", () => ask("resume"), "primary") : button("hold", () => ask("hold"));
  return [first, opens("transfer"), opens("consult"), canDial && opens("promise", LATER)];
}

// Who is in it besides, and what they do.
function Company({ one, desk, t }) {
  const shown = (one.guests || []).filter((guest) => guest.state !== "gone" && guest.kind !== "supervisor");
  const lines = shown.map((guest) => t(`guest_${guest.state}`, { name: desk.presets.agents?.[guest.who] || guest.who }));
  if (one.talk === "held") lines.unshift(t("talk_held"));
  if (!lines.length) return null;
  return html`<p class="callbar-state ${one.talk === "direct" ? "" : "is-away"}" role="status">${lines.join(" · ")}</p>`;
}

export function CallBar({ one, story, desk, now, t, onProblem }) {
  const [what, setWhat] = useState("");
  const [promised, setPromised] = useState("");
  const guest = (one.guests || []).find((each) => each.kind === "agent" || each.kind === "outside");
  const ask = (word, body = {}) => post(`/api/interactions/${one.id}/${word}`, body).then(() => setWhat("")).catch(onProblem);
  const call = (body) => post("/api/calls", body).then(() => setWhat("")).catch(onProblem);
  const promise = (body) => post("/api/callbacks", body).then(() => {
    setWhat("");
    setPromised(t("promised", { number: body.address, at: body.due_at === null ? t("when_soon") : day(body.due_at, t.language) }));
  }).catch(onProblem);
  const chatLink = desk.presets.chat_link || "";
  const isElsewhere = one.medium !== "voice" && one.channel !== "webchat"; // who is on our page needs no link to it
  const sendLink = chatLink && isElsewhere ? () => post(`/api/interactions/${one.id}/messages`, { text: t.in(one.language, "chatLinkText"), link: chatLink, client_id: newId() }).catch(onProblem) : null;
  const channels = one.medium === "voice" ? desk.presets.text_channels || [] : [];
  const isMine = one.agent === desk.agent?.id;
  const buttons = isMine
    ? buttonsOf({ one, guest, t, ask, open: setWhat, what, canDial: desk.presets.can_dial, sendLink })
    : html`<button class="button" type="button" onClick=${() => ask("leave")}>${t("leave")}</button>`;
  return html`<div class="callbar" role="group" aria-label=${t("inCall")}>
    <div class="callbar-line"><div class="callbar-buttons">${buttons}</div>
      ${isMine ? html`<${Company} one=${one} desk=${desk} t=${t} />` : html`<p class="callbar-state" role="status">${t("guestOf", { name: one.agent_name })}</p>`}</div>
    ${promised && html`<p class="callbar-state" role="status">${promised}</p>`}
    ${what === LIFT && html`<${CallNow} one=${one} story=${story} t=${t} onDone=${call} onClose=${() => setWhat("")} />`}
    ${what === LATER && html`<${CallLater} one=${one} story=${story} now=${now} t=${t} onDone=${promise} onClose=${() => setWhat("")} />`}
    ${what && what !== LIFT && what !== LATER && html`<${Destination} key=${what} what=${what} one=${one} desk=${desk} t=${t} onDone=${(body) => ask(what, body)} onClose=${() => setWhat("")} />`}
    ${isMine && channels.length > 0 && html`<${Text} one=${one} channels=${channels} chatLink=${chatLink} t=${t} onProblem=${onProblem} />`}
  </div>`;
}

export function Dial({ t, onProblem }) {
  const [number, setNumber] = useState("");
  const submit = (event) => {
    event.preventDefault();
    post("/api/calls", { number }).then(() => setNumber("")).catch(onProblem);
  };
  return html`<form class="dial" onSubmit=${submit}>
    <input type="tel" inputmode="tel" autocomplete="off" maxlength="21" aria-label=${t("number")} placeholder=${t("number")} value=${number} onInput=${(event) => setNumber(event.target.value.trim())} />
    <button class="button" type="submit" disabled=${!number}><${Icon} name="phone" /><span>${t("dial")}</span></button>
  </form>`;
}
