// The keys of a telephone, for menus.

import { html, useEffect, useRef, useState } from "./vendor/htm-preact.js";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

export function Keypad({ t, onDigit }) {
  const [typed, setTyped] = useState("");
  const box = useRef(null);
  useEffect(() => box.current.focus(), []);
  const press = (key) => { onDigit(key); setTyped((known) => (known + key).slice(-16)); };
  const onKeyDown = (event) => { if (KEYS.includes(event.key)) press(event.key); };
  return html`<div class="keypad" role="group" tabindex="-1" aria-label=${t("keypad")} ref=${box} onKeyDown=${onKeyDown}>
    <output class="numbers">${typed || "\u00a0"}</output>
    ${KEYS.map((key) => html`<button type="button" class="button numbers" onClick=${() => press(key)}>${key}</button>`)}
  </div>`;
}
