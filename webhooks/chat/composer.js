// The visitor's box: words, files, and that they write just now.

import { html, useEffect, useRef, useState } from "../workbench/vendor/htm-preact.js";
import { Icon } from "../workbench/icons.js";

const TEXT_CAP = 10_000;
const TYPING_EVERY_MS = 3000;

export function Composer({ t, onSend, onFiles, onTyping, focus }) {
  const [text, setText] = useState("");
  const area = useRef(null);
  const input = useRef(null);
  const told = useRef(0);
  useEffect(() => { if (focus) area.current.focus(); }, [focus]);
  useEffect(() => {
    area.current.style.height = "auto";
    area.current.style.height = `${Math.min(area.current.scrollHeight + 2, 140)}px`;
  }, [text]);
  const left = TEXT_CAP - Array.from(text).length;
  const write = (value) => {
    setText(value);
    if (value && Date.now() - told.current > TYPING_EVERY_MS) { told.current = Date.now(); onTyping(); }
  };
  const submit = (event) => {
    event.preventDefault();
    if (!text.trim() || left < 0) return;
    onSend(text.trim());
    setText("");
    told.current = 0;
  };
  const onKeyDown = (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  };
  const onPaste = (event) => {
    const files = [...(event.clipboardData?.files || [])];
    if (files.length) { event.preventDefault(); onFiles(files); }
  };
  const take = (event) => { onFiles([...event.target.files]); event.target.value = ""; };
  return html`<form class="composer" onSubmit=${submit}>
    <input class="hidden-text" id="files" type="file" multiple tabindex="-1" aria-hidden="true" ref=${input} onChange=${take} />
    <button class="button plain icon-only" type="button" title=${t("attach")} aria-label=${t("attach")} onClick=${() => input.current.click()}><${Icon} name="clip" /></button>
    <label class="hidden-text" for="text">${t("placeholder")}</label>
    <textarea id="text" class="input" rows="1" dir="auto" ref=${area} value=${text} placeholder=${t("placeholder")}
      onInput=${(event) => write(event.target.value)} onKeyDown=${onKeyDown} onPaste=${onPaste}></textarea>
    <button class="button primary" type="submit" disabled=${!text.trim() || left < 0}>${t("send")}</button>
    ${left < 500 && html`<p class="small numbers ${left < 0 ? "over" : "quiet"}" role="status">${t("left", { n: left })}</p>`}
  </form>`;
}
