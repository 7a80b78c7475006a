// Line icons, drawn as elements (no markup strings).

import { html } from "./vendor/htm-preact.js";

const PATHS = {
  chat: ["M4 5h16v11H9l-5 4z", "M8 9h8M8 12.5h5"],
  phone: ["M6 3h3l2 5-2.5 1.6a12 12 0 0 0 5.9 5.9L16 13l5 2v3a3 3 0 0 1-3 3A15 15 0 0 1 3 6a3 3 0 0 1 3-3z"],
  user: ["M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8z", "M4.5 20a7.5 7.5 0 0 1 15 0"],
  check: ["M5 12.5l4.5 4.5L19 7.5"],
  close: ["M6 6l12 12M18 6L6 18"],
  clock: ["M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z", "M12 7.5V12l3 2"],
  bolt: ["M13 3L5 13.5h6L11 21l8-10.5h-6z"],
  send: ["M4 12l16-7-6 15-3-6.5z"],
  sound: ["M5 10v4h3l4 3.5v-11L8 10z", "M15.5 9.5a4 4 0 0 1 0 5M17.8 7a7.5 7.5 0 0 1 0 10"],
  silent: ["M5 10v4h3l4 3.5v-11L8 10z", "M16 10l4 4M20 10l-4 4"],
  out: ["M10 4H5v16h5", "M14 8l4 4-4 4M18 12H9"],
  globe: ["M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z", "M3.5 9.5h17M3.5 14.5h17M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18"],
  record: ["M12 17a5 5 0 1 0 0-10 5 5 0 0 0 0 10z"],
  headset: ["M4 14v-2a8 8 0 0 1 16 0v2", "M4 14h3v5H5.5A1.5 1.5 0 0 1 4 17.5zM20 14h-3v5h1.500a1.5 1.5 0 0 0 1.500-1.500z", "M18.500 19c0 1.700-2 2.500-4.500 2.500"],
  hangup: ["M3 14.500c4.500-5 13.500-5 18 0l-2.500 3-3.500-1.500-.500-2.500a9 9 0 0 0-5 0L9 16l-3.500 1.500z"],
  mic: ["M12 15a3.500 3.500 0 0 0 3.500-3.500V6.500a3.500 3.500 0 0 0-7 0v5A3.500 3.500 0 0 0 12 15z", "M5.500 11.500a6.500 6.500 0 0 0 13 0M12 18v3"],
  micOff: ["M15.500 11.500V6.500a3.500 3.500 0 0 0-6.800-1.200M8.500 9v2.500a3.500 3.500 0 0 0 5.300 3", "M5.500 11.500a6.500 6.500 0 0 0 11 4.700M12 18v3M4 4l16 16"],
  pause: ["M8.500 5.500v13M15.500 5.500v13"],
  resume: ["M8 5.500l11 6.500-11 6.500z"],
  keypad: ["M6 5.500v.1M12 5.500v.1M18 5.500v.1M6 11.500v.1M12 11.500v.1M18 11.500v.1M6 17.500v.1M12 17.500v.1M18 17.500v.1"],
  back: ["M14.5 5.5L8 12l6.5 6.5"],
  why: ["M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z", "M9.6 9.4a2.5 2.5 0 1 1 3.5 2.4c-.8.4-1.1.9-1.1 1.7", "M12 16.6v.1"],
  desk: ["M4 6h16v9H4z", "M9 19h6M12 15v4"],
  down: ["M6.5 9.5L12 15l5.5-5.5"],
};

export const Icon = ({ name, label }) => html`
  <svg class="icon icon-${name}" viewBox="0 0 24 24" role=${label ? "img" : undefined} aria-label=${label} aria-hidden=${label ? undefined : "true"}>
    ${PATHS[name].map((path) => html`<path d=${path} />`)}
  </svg>`;

export const MediumIcon = ({ medium }) => html`<${Icon} name=${medium === "voice" ? "phone" : "chat"} />`;
