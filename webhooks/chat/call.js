// A visitor's call from the page: SIP over WebSocket by JsSIP, one call without an account. No screen here (callbar.js).
//
// call.state: { stage, trouble, since, isMuted }
//   stage    "opening" (microphone, pass) | "calling" | "up" | "over"
//   trouble  "" | "micRefused" | "micMissing" | "micInsecure" | "micFailed" | "unsupported" | "noNetwork" | "busy" | "failed" | "lost"
//            or the server's own words

import JsSIP from "../workbench/vendor/jssip.js";
import { MEDIA, microphone, onSound, sendDigit } from "../workbench/sip.js";

const CONNECT_MS = 10_000;
const { causes } = JsSIP.C;
const TROUBLE = {
  [causes.CANCELED]: "", [causes.BYE]: "", [causes.BUSY]: "busy", [causes.UNAVAILABLE]: "busy", [causes.RTP_TIMEOUT]: "lost",
  [causes.CONNECTION_ERROR]: "noNetwork", [causes.REQUEST_TIMEOUT]: "noNetwork",
};
const OVERLOADED = 503;

// `getPass()`: what POST /chat/call gives; `onChange(state)`; `onStream(stream or null)`: what is heard.
export function createCall({ getPass, onChange, onStream }) {
  let state = { stage: "opening", trouble: "", since: 0, isMuted: false };
  let mine = null;
  let agent = null;
  let session = null;
  let timer = 0;

  const set = (changes) => { state = { ...state, ...changes }; onChange(state); };
  const isOver = () => state.stage === "over";

  function end(trouble = "") {
    if (isOver()) return;
    clearTimeout(timer);
    for (const track of mine?.getTracks() || []) track.stop();
    onStream(null);
    set({ stage: "over", trouble });
    agent?.stop(); // says good-bye where a call is
  }

  function troubleOf({ cause, message }) {
    return message?.status_code === OVERLOADED ? "busy" : TROUBLE[cause] ?? "failed";
  }

  function dial(told) {
    clearTimeout(timer);
    if (isOver() || session) return;
    session = agent.call(`sip:${told.number}@${told.domain}`, { ...MEDIA, mediaStream: mine, extraHeaders: [`X-Zongji-Pass: ${told.pass}`] });
    onSound(session, (stream) => { if (!isOver()) onStream(stream); });
    session.on("confirmed", () => set({ stage: "up", since: Date.now() }));
    session.on("muted", () => set({ isMuted: true }));
    session.on("unmuted", () => set({ isMuted: false }));
    for (const name of ["ended", "failed"]) session.on(name, (told) => end(troubleOf(told)));
  }

  function connect(told) {
    agent = new JsSIP.UA({ sockets: [new JsSIP.WebSocketInterface(told.url)], uri: `sip:visitor@${told.domain}`, register: false, session_timers: false, user_agent: "Zongji chat" });
    agent.on("connected", () => dial(told));
    agent.on("disconnected", () => { if (!session) end("noNetwork"); });
    agent.on("newRTCSession", ({ session: fresh, originator }) => { if (originator === "remote") fresh.terminate(); }); // nobody calls a visitor
    timer = setTimeout(() => { if (!session) end("noNetwork"); }, CONNECT_MS);
    set({ stage: "calling" });
    agent.start();
  }

  async function start() {
    onChange(state);
    if (!window.RTCPeerConnection) { end("unsupported"); return; }
    try {
      mine = await microphone();
      const told = isOver() ? null : await getPass();
      if (!isOver()) connect(told);
      else for (const track of mine.getTracks()) track.stop(); // they changed their mind meanwhile
    } catch (error) {
      end(error.trouble || (error.status ? error.message : "noNetwork"));
    }
  }

  return {
    start,
    hangUp: () => end(),
    mute(wanted) { if (session) (wanted ? session.mute({ audio: true }) : session.unmute({ audio: true })); },
    digit(key) { sendDigit(session, key); },
  };
}
