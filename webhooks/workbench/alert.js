// Tells of a new offer: two soft notes, the window's title, a notification where it is allowed and the page is hidden.

let context = null;

function note(frequency, start) {
  const tone = context.createOscillator();
  const volume = context.createGain();
  tone.frequency.value = frequency;
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(0.12, start + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.001, start + 0.5);
  tone.connect(volume).connect(context.destination);
  tone.start(start);
  tone.stop(start + 0.55);
}

export function chime() {
  try {
    context ??= new AudioContext();
    note(659.25, context.currentTime);
    note(880, context.currentTime + 0.18);
  } catch {
    // no sound device: the screen shows it
  }
}

export function notify(title, body) {
  if (document.visibilityState === "hidden" && window.Notification?.permission === "granted") {
    const notification = new Notification(title, { body, tag: "zongji-offer" });
    notification.onclick = () => window.focus();
  }
}

export function askToNotify() {
  if (window.Notification?.permission === "default") Notification.requestPermission().catch(() => {});
}
