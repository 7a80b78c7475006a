// What telephones in a browser share: the microphone, the sound of a call, its digits. No account here (phone.js, chat/call.js).

const MIC = { audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true }, video: false };
const MIC_TROUBLE = { NotAllowedError: "micRefused", SecurityError: "micRefused", NotFoundError: "micMissing", OverconstrainedError: "micMissing" };
const DIGITS = { duration: 160, interToneGap: 80, transportType: "RFC2833" };

export const MEDIA = { pcConfig: { iceServers: [] } };

// The stream, or an error with `trouble`: "micRefused" | "micMissing" | "micInsecure" | "micFailed".
export function microphone() {
  if (!navigator.mediaDevices?.getUserMedia) return Promise.reject(Object.assign(new Error("insecure page"), { trouble: "micInsecure" }));
  return navigator.mediaDevices.getUserMedia(MIC).catch((error) => {
    throw Object.assign(error, { trouble: MIC_TROUBLE[error.name] || "micFailed" });
  });
}

// `heard(stream)` as soon as the other side sends sound.
export function onSound(session, heard) {
  const listen = (connection) => connection.addEventListener("track", (event) => heard(event.streams[0] || new MediaStream([event.track])));
  if (session.connection) listen(session.connection);
  session.on("peerconnection", ({ peerconnection }) => listen(peerconnection));
}

export function sendDigit(session, key) {
  if (session?.isEstablished()) session.sendDTMF(key, DIGITS);
}
