// Durations and instants as people read them.

import { useEffect, useState } from "./vendor/htm-preact.js";

export function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const [hours, minutes, rest] = parts.map((part) => String(part).padStart(2, "0"));
  return parts[0] ? `${hours}:${minutes}:${rest}` : `${Number(minutes)}:${rest}`;
}

const locale = (language) => (language === "zh" ? "zh-CN" : "en-GB");

export const clock = (at, language) =>
  new Date(at * 1000).toLocaleTimeString(locale(language), { hour: "2-digit", minute: "2-digit" });

export function day(at, language) {
  const then = new Date(at * 1000);
  if (then.toDateString() === new Date().toDateString()) return clock(at, language);
  return then.toLocaleDateString(locale(language), { day: "numeric", month: "short" }) + " " + clock(at, language);
}

// The server's clock, once a second: `skew` is server minus browser.
export function useNow(skew) {
  const [now, setNow] = useState(() => Date.now() / 1000 + skew);
  useEffect(() => {
    const tick = () => setNow(Date.now() / 1000 + skew);
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [skew]);
  return now;
}
