// A telephone in the browser: SIP over WebSocket by JsSIP, the audio by the browser itself. No screen here (softphone.js).
//
// phone.state: { line, trouble, call }
//   line     "off" | "starting" | "ready" | "lost"
//   trouble  "" | "micRefused" | "micMissing" | "micInsecure" | "micFailed" | "refused" | "unsupported"
//   call     null | { direction, stage: "ringing" | "connecting" | "up", number, name, since, isMuted, isHeld }

import JsSIP from "./vendor/jssip.js";
import { MEDIA, microphone, onSound, sendDigit } from "./sip.js";

const HOLD_AGAIN_MS = 100;
const HOLD_TRIES = 50;
const NO_CALL_OF_OURS = 486;
const TEST_HEADER = "X-Zongji-Test"; // an echo call of the switch, not a person
const AT_ONCE = /answer-after=0/; // in Call-Info: this agent takes calls without being asked
const LISTEN_EVERY_MS = 200;
const LEAST_SENT = 50; // a second of our own sound, which the switch counts
const LEAST_ENERGY = 1e-5; // of what was heard so far; silence stays far below

// `account`: { url, user, domain, ha1 } as GET /api/phone gives it; `onChange(state)`; `onStream(stream or null)`: what is heard.
export function createPhone(account, { onChange = () => {}, onStream = () => {} } = {}) {
  let state = { line: "off", trouble: "", call: null };
  let agent = null;
  let session = null;
  let isHoldWanted = false;
  let mine = null; // our microphone's stream while a call needs it

  const set = (changes) => { state = { ...state, ...changes }; onChange(state); };
  const setCall = (changes) => { if (state.call) set({ call: { ...state.call, ...changes } }); };

  function letGo() {
    for (const track of mine?.getTracks() || []) track.stop();
    mine = null;
    session = null;
    onStream(null);
    set({ call: null });
  }

  function follow(fresh, direction) {
    session = fresh;
    isHoldWanted = false;
    const who = fresh.remote_identity;
    set({ trouble: "", call: { direction, stage: "ringing", number: who.uri.user || "", name: who.display_name || "", since: 0, isMuted: false, isHeld: false } });
    onSound(fresh, (stream) => { if (session === fresh) onStream(stream); });
    fresh.on("confirmed", () => { if (session === fresh) setCall({ stage: "up", since: state.call?.since || Date.now() }); });
    fresh.on("hold", ({ originator }) => { if (originator === "local") setCall({ isHeld: true }); });
    fresh.on("unhold", ({ originator }) => { if (originator === "local") setCall({ isHeld: false }); });
    fresh.on("muted", () => setCall({ isMuted: true }));
    fresh.on("unmuted", () => setCall({ isMuted: false }));
    for (const end of ["ended", "failed"]) fresh.on(end, () => { if (session === fresh) letGo(); });
  }

  async function withMicrophone(go) {
    try {
      mine = await microphone();
    } catch (error) {
      set({ trouble: error.trouble });
      return false;
    }
    go(mine);
    return true;
  }

  function open() {
    const socket = new JsSIP.WebSocketInterface(account.url);
    agent = new JsSIP.UA({
      sockets: [socket], uri: `sip:${account.user}@${account.domain}`, authorization_user: account.user, realm: account.domain, ha1: account.ha1,
      register: true, register_expires: 300, session_timers: false, user_agent: "Zongji workbench",
    });
    agent.on("registered", () => set({ line: "ready", trouble: "" }));
    agent.on("unregistered", () => { if (state.line === "ready") set({ line: "lost" }); });
    agent.on("registrationFailed", ({ response }) => {
      if (response && [401, 403, 407].includes(response.status_code)) { set({ trouble: "refused" }); stop(); } else set({ line: "lost" });
    });
    agent.on("disconnected", () => { if (agent) set({ line: state.line === "starting" ? "starting" : "lost" }); });
    agent.on("newRTCSession", ({ session: fresh, originator, request }) => {
      if (originator === "local") return;
      if (session) fresh.terminate({ status_code: NO_CALL_OF_OURS });
      else if (request.getHeader(TEST_HEADER)) echo(fresh);
      else {
        follow(fresh, "in");
        if (AT_ONCE.test(request.getHeader("Call-Info") || "")) answer();
      }
    });
    agent.start();
  }

  // The switch tests this phone: answer, and press 1 as soon as sound arrives and the microphone is alive.
  async function echo(fresh) {
    session = fresh;
    let timer = 0;
    const over = () => { clearInterval(timer); if (session === fresh) letGo(); };
    for (const end of ["ended", "failed"]) fresh.on(end, over);
    onSound(fresh, onStream);
    const listen = async () => {
      const reports = [...(await fresh.connection.getStats()).values()];
      const isHeard = reports.some((one) => one.type === "inbound-rtp" && one.totalAudioEnergy > LEAST_ENERGY);
      const isLive = mine?.getAudioTracks().some((track) => track.readyState === "live" && track.enabled && !track.muted);
      const isSending = reports.some((one) => one.type === "outbound-rtp" && one.packetsSent > LEAST_SENT);
      if (!isHeard || !isLive || !isSending || session !== fresh || !fresh.isEstablished()) return;
      clearInterval(timer);
      sendDigit(fresh, "1");
    };
    const heard = await withMicrophone((stream) => {
      if (session !== fresh) { letGo(); return; }
      fresh.answer({ ...MEDIA, mediaStream: stream });
      timer = setInterval(() => listen().catch(() => {}), LISTEN_EVERY_MS);
    });
    if (!heard) fresh.terminate({ status_code: NO_CALL_OF_OURS });
  }

  // The microphone is asked for once before the line opens: who refuses learns it now, not when a customer calls.
  async function start() {
    if (agent || state.line === "starting") return;
    set({ line: "starting", trouble: "" });
    if (!window.RTCPeerConnection) { set({ line: "off", trouble: "unsupported" }); return; }
    try {
      for (const track of (await microphone()).getTracks()) track.stop();
    } catch (error) {
      set({ line: "off", trouble: error.trouble });
      return;
    }
    if (state.line === "starting") open();
  }

  function stop() {
    const old = agent;
    agent = null;
    if (session) hangUp();
    old?.stop();
    set({ line: "off" });
  }

  async function answer() {
    const ringing = session;
    if (!ringing || state.call?.direction !== "in" || state.call.stage !== "ringing") return;
    setCall({ stage: "connecting" });
    const heard = await withMicrophone((stream) => {
      if (session === ringing) ringing.answer({ ...MEDIA, mediaStream: stream });
      else letGo();
    });
    if (!heard) setCall({ stage: "ringing" });
  }

  function dial(number) {
    if (!agent || session) return;
    withMicrophone((stream) => {
      const fresh = agent.call(`sip:${number}@${account.domain}`, { ...MEDIA, mediaStream: stream });
      follow(fresh, "out");
    });
  }

  function hangUp() {
    const going = session;
    if (!going) return;
    try { going.terminate(going.direction === "incoming" && !going.isEstablished() ? { status_code: NO_CALL_OF_OURS } : {}); } catch { letGo(); }
  }

  // A change may have to wait until the one before it is agreed on with the switch.
  function settleHold(tries = 0) {
    const asked = session;
    if (!asked?.isEstablished() || asked.isOnHold().local === isHoldWanted) return;
    const isUnderWay = isHoldWanted ? asked.hold() : asked.unhold();
    if (!isUnderWay && tries < HOLD_TRIES) setTimeout(() => { if (session === asked) settleHold(tries + 1); }, HOLD_AGAIN_MS);
  }

  return {
    get state() { return state; },
    start, stop, answer, dial, hangUp,
    mute(wanted) { if (session) (wanted ? session.mute({ audio: true }) : session.unmute({ audio: true })); },
    hold(wanted) { isHoldWanted = wanted; settleHold(); },
    digit(key) { sendDigit(session, key); },
  };
}
