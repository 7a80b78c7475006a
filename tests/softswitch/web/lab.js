// The workbench's phone without its screen; measures what is heard. `window.lab` is what the tests ask.
import { createPhone } from "/workbench/phone.js";
import { listenTo } from "/tones.js";

// A constant tone is noise to Chromium's noise suppression: the fake microphone goes through untouched.
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = () => ask({ audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false } });

// `lab.codec`: what the browser offers and takes, alone (and telephone-event).
const adds = RTCPeerConnection.prototype.addTrack;
RTCPeerConnection.prototype.addTrack = function (...rest) {
  const sender = adds.apply(this, rest);
  window.lab.connection = this;
  if (window.lab.codec) {
    const known = RTCRtpReceiver.getCapabilities("audio").codecs;
    const wanted = known.filter((one) => [window.lab.codec, "audio/telephone-event"].includes(one.mimeType));
    for (const transceiver of this.getTransceivers()) transceiver.setCodecPreferences(wanted);
  }
  return sender;
};

window.lab = {
  codec: "",
  connection: null,
  states: [],
  ear: null,
  open(account) {
    this.phone = createPhone(account, {
      onChange: (state) => this.states.push(JSON.parse(JSON.stringify(state))),
      onStream: (stream) => { this.ear?.close(); this.ear = stream && listenTo(stream); },
    });
    this.phone.start();
  },
  async codecInUse() {
    const report = [...(await this.connection.getStats()).values()];
    const sent = report.find((one) => one.type === "outbound-rtp");
    return report.find((one) => one.id === sent?.codecId)?.mimeType;
  },
  get state() { return this.phone?.state; },
};
window.isReady = true;
