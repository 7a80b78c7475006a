// The workbench: signs in, then shows the desk.

import { html, render, useEffect, useRef, useState } from "./vendor/htm-preact.js";
import { askToNotify, chime, notify } from "./alert.js";
import { configure, get, memory, post } from "./api.js";
import { Banners } from "./banners.js";
import { Board } from "./board.js";
import { Calm, Conversation } from "./conversation.js";
import { useDesk, useStory } from "./desk.js";
import { Floor } from "./floor.js";
import { Icon } from "./icons.js";
import { Login } from "./login.js";
import { Side } from "./side.js";
import { PhoneBar, useSoftphone } from "./softphone.js";
import { useNow } from "./time.js";
import { TopBar } from "./topbar.js";
import { firstLanguage, forgetAsked, who, words } from "./words.js";
import { WorkList } from "./worklist.js";

const USED_EVERY_MS = 120_000; // a person at the screen keeps the session alive

function Tabs({ pane, offers, t, onPane }) {
  const tab = (name, icon, text) => html`<button type="button" class="tab" aria-pressed=${String(pane === name)} onClick=${() => onPane(name)}>
    <${Icon} name=${icon} /><span>${text}</span>${name === "work" && offers > 0 && html`<span class="badge numbers">${offers}</span>`}</button>`;
  return html`<nav class="tabs">${tab("work", "desk", t("tabWork"))}${tab("talk", "chat", t("tabTalk"))}${tab("side", "user", t("tabSide"))}</nav>`;
}

function useAlerts(desk, isLoud, t) {
  const known = useRef(new Set());
  const offers = desk?.offers || [];
  useEffect(() => {
    const fresh = offers.filter((offer) => !known.current.has(offer.id));
    known.current = new Set(offers.map((offer) => offer.id));
    if (fresh.length) {
      if (isLoud) chime();
      notify(t("offers"), who(fresh[0], t));
    }
    document.title = `${offers.length ? `(${offers.length}) ` : ""}${t("workbench")} · Zongji`;
  }, [offers.map((offer) => offer.id).join(), t.language]);
}

function useUnread(chosen, desk) {
  const [seen, setSeen] = useState({});
  const newest = desk?.interactions.find((one) => one.id === chosen)?.newest_message?.seq;
  useEffect(() => { if (chosen && newest) setSeen((known) => ({ ...known, [chosen]: newest })); }, [chosen, newest]);
  return (one) => one.id !== chosen && one.newest_message?.direction === "in" && one.newest_message.seq > (seen[one.id] || 0);
}

function useShortcuts(actions) {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    const onKeyDown = (event) => {
      if (!event.altKey || event.ctrlKey || event.metaKey) return;
      const key = event.code.replace(/^(Key|Digit)/, "").toLowerCase();
      const action = latest.current[key];
      if (action) { event.preventDefault(); action(); }
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
}

function Desk({ me, t, onLanguage, onSignedOut }) {
  const { desk, skew, line, changes, version, typing, refresh } = useDesk(true, onSignedOut);
  const [chosenId, setChosen] = useState("");
  const [pane, setPane] = useState("work");
  const [isFloor, setFloor] = useState(() => me.role !== "agent" && (!me.agent || memory.read("floor") === "open"));
  const [problem, setProblem] = useState("");
  const [isLoud, setLoud] = useState(() => memory.read("sound", "on") === "on");
  const now = useNow(skew);
  const work = desk?.interactions || [];
  const chosen = work.find((one) => one.id === chosenId) || (pane !== "work" || window.innerWidth > 720 ? work[0] : undefined);
  const story = useStory(chosen?.id || "", `${changes[chosen?.id] || 0}:${chosen?.state}`);
  const isUnread = useUnread(chosen?.id, desk);
  useAlerts(desk, isLoud, t);
  const phone = useSoftphone(Boolean(me.phone), isLoud);
  useEffect(() => {
    if (!problem) return undefined;
    const timer = setTimeout(() => setProblem(""), 6000);
    return () => clearTimeout(timer);
  }, [problem]);

  const showFloor = (wanted) => { memory.keep("floor", wanted ? "open" : ""); setFloor(wanted); };
  const choose = (id) => { setChosen(id); setPane("talk"); showFloor(false); };
  const onProblem = (error) => { if (error.status !== 401) setProblem(error.message); };
  const act = async (path, body) => {
    try { return await post(path, body); } catch (error) { onProblem(error); return null; } finally { refresh(); }
  };
  const accept = async (offer) => { if (await act(`/api/offers/${offer.id}/accept`)) choose(offer.interaction); };
  const calling = desk?.offers.find((offer) => offer.medium === "voice");
  const shownPhone = { ...phone, answer: () => { phone.answer(); if (calling) choose(calling.interaction); } };
  const decline = (offer) => act(`/api/offers/${offer.id}/decline`);
  const finish = async (id, disposition, notes) => {
    const done = await act(`/api/interactions/${id}/wrap-up`, { disposition, notes });
    if (done) setPane("work");
    return Boolean(done);
  };
  const setPresence = (presence, reason, isAfterWork = false) => { askToNotify(); act(`/api/agents/${me.agent}/presence`, { presence, reason, after_work: isAfterWork }); };
  const testPhone = () => act(`/api/agents/${me.agent}/phone-test`);
  const firstOffer = desk?.offers[0];
  const shown = chosen || (firstOffer && { ...firstOffer, id: firstOffer.interaction, contact: firstOffer.person?.id || "" }); // who rings
  useShortcuts({
    a: phone.isRinging ? shownPhone.answer : firstOffer && firstOffer.medium === "text" ? () => accept(firstOffer) : null,
    d: firstOffer ? () => decline(firstOffer) : null,
    ...Object.fromEntries(work.slice(0, 9).map((one, index) => [String(index + 1), () => choose(one.id)])),
  });

  const onSound = () => { memory.keep("sound", isLoud ? "off" : "on"); setLoud(!isLoud); };
  const signOut = () => post("/api/logout").catch(() => {}).then(() => onSignedOut(""));
  return html`
    <${TopBar} t=${t} me=${me} desk=${desk} line=${line} phone=${shownPhone} isLoud=${isLoud} floor=${me.role === "agent" ? "" : isFloor ? "open" : "closed"} onFloor=${() => showFloor(!isFloor)} onPresence=${setPresence} onTestPhone=${testPhone} onLanguage=${onLanguage} onSound=${onSound} onSignOut=${signOut} />
    <${PhoneBar} phone=${shownPhone} t=${t} />
    <${Banners} desk=${desk} line=${line} phone=${shownPhone} t=${t} onBack=${() => setPresence("available", "")} onTestPhone=${testPhone} />
    ${desk && isFloor && html`<${Floor} desk=${desk} me=${me} version=${version} now=${now} t=${t} onProblem=${onProblem} />`}
    ${desk && !isFloor && html`<${Board} queues=${desk.queues} now=${now} t=${t} />
      <main class="desk show-${pane}">
        <${WorkList} desk=${desk} onProblem=${onProblem} phone=${shownPhone} now=${now} t=${t} chosen=${chosen?.id} isUnread=${isUnread} onAccept=${accept} onDecline=${decline} onChoose=${choose} />
        ${chosen ? html`<${Conversation} one=${chosen} story=${story} typing=${(typing[chosen.id] || 0) > Date.now()} desk=${desk} me=${me} now=${now} t=${t} onProblem=${onProblem} onFinish=${finish} onSide=${() => setPane(pane === "side" ? "talk" : "side")} />` : html`<${Calm} desk=${desk} t=${t} />`}
        <${Side} one=${shown} t=${t} dispositions=${desk.presets.dispositions} />
      </main>
      <${Tabs} pane=${pane} offers=${desk.offers.length} t=${t} onPane=${setPane} />`}
    <div class="toasts" aria-live="assertive">${problem && html`<p class="notice toast" role="alert">${problem}</p>`}</div>`;
}

function App() {
  const [language, setLanguage] = useState(firstLanguage);
  const [me, setMe] = useState(undefined); // undefined: not known yet, null: signed out
  const [notice, setNotice] = useState("");
  const t = words(language);
  configure({ language, noAnswer: t("noAnswer") });
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    document.title = `${t("workbench")} · Zongji`;
  }, [language]);

  const signedIn = (who) => { configure({ csrf: who.csrf }); memory.keep("signed-in", "yes"); setNotice(""); setMe(who); };
  const signedOut = (message = t("ended")) => { configure({ csrf: "" }); memory.keep("signed-in", ""); setNotice(message); setMe(null); };
  useEffect(() => {
    configure({ onSignedOut: () => signedOut() });
    if (memory.read("signed-in") === "yes") get("/api/me").then(signedIn).catch(() => setMe(null));
    else setMe(null);
  }, []);
  useEffect(() => {
    if (!me) return undefined;
    let used = Date.now();
    const use = () => {
      if (Date.now() - used < USED_EVERY_MS) return;
      used = Date.now();
      get("/api/me").catch(() => {});
    };
    for (const type of ["pointerdown", "keydown"]) window.addEventListener(type, use);
    return () => { for (const type of ["pointerdown", "keydown"]) window.removeEventListener(type, use); };
  }, [me]);

  const switchLanguage = () => {
    const other = language === "zh" ? "en" : "zh";
    memory.keep("language", other);
    forgetAsked();
    setLanguage(other);
  };
  if (me === undefined) return null;
  if (me === null) return html`<${Login} t=${t} notice=${notice} onSignedIn=${signedIn} onLanguage=${switchLanguage} />`;
  return html`<${Desk} me=${me} t=${t} onLanguage=${switchLanguage} onSignedOut=${signedOut} />`;
}

render(html`<${App} />`, document.getElementById("app"));
