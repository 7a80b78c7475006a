// Writing to the contact: drafts are kept per conversation, Enter sends, quick replies are one key away.

import { html, useEffect, useRef, useState } from "./vendor/htm-preact.js";
import { memory } from "./api.js";
import { Icon } from "./icons.js";

const TEXT_CAP = 10_000;

function Replies({ t, replies, agent, onChoose, onClose }) {
  const box = useRef(null);
  useEffect(() => {
    box.current.querySelector("button").focus();
    const outside = (event) => { if (!box.current.contains(event.target)) onClose(); };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, []);
  const onKeyDown = (event) => {
    const buttons = [...box.current.querySelectorAll("button")];
    const here = buttons.indexOf(document.activeElement);
    if (event.key === "Escape") { event.stopPropagation(); onClose(); }
    if (event.key === "ArrowDown") buttons[(here + 1) % buttons.length].focus();
    if (event.key === "ArrowUp") buttons[(here + buttons.length - 1) % buttons.length].focus();
  };
  return html`<div class="menu replies" ref=${box} role="group" aria-label=${t("quick")} onKeyDown=${onKeyDown}>
    ${replies.map((reply) => {
      const text = t.pick(reply).replace("{agent}", agent);
      return html`<button class="menu-item" type="button" onClick=${() => onChoose(text)}>${text}</button>`;
    })}
  </div>`;
}

const TYPING_EVERY_MS = 3000;

function Attach({ t, onFiles }) {
  const input = useRef(null);
  const take = (event) => { onFiles([...event.target.files]); event.target.value = ""; };
  return html`<input class="hidden-text" type="file" multiple tabindex="-1" aria-hidden="true" ref=${input} onChange=${take} />
    <button class="button plain icon-only" type="button" title=${t("attach")} aria-label=${t("attach")} onClick=${() => input.current.click()}><${Icon} name="clip" /></button>`;
}

export function Composer({ id, t, language, replies, agent, refusal, onSend, onFiles, onTyping }) {
  const told = useRef(0);
  const [text, setText] = useState("");
  const [isOpen, setOpen] = useState(false);
  const area = useRef(null);
  const inTheirs = (reply) => ({ ...reply, [t.language]: reply[language === "zh" ? "zh" : language === "en" ? "en" : t.language] });
  useEffect(() => {
    setText(memory.read(`draft-${id}`));
    if (!matchMedia("(pointer: coarse)").matches) area.current.focus({ preventScroll: true }); // no keyboard pops up on a phone
  }, [id]);
  useEffect(() => {
    area.current.style.height = "auto";
    area.current.style.height = `${Math.min(area.current.scrollHeight + 2, 160)}px`;
  }, [text]);
  const write = (value) => {
    setText(value);
    memory.keep(`draft-${id}`, value);
    if (value && Date.now() - told.current > TYPING_EVERY_MS) { told.current = Date.now(); onTyping(); }
  };
  const onPaste = (event) => {
    const files = [...(event.clipboardData?.files || [])];
    if (files.length) { event.preventDefault(); onFiles(files); }
  };
  const isTooLong = Array.from(text).length > TEXT_CAP;
  const submit = (event) => {
    event.preventDefault();
    if (!text.trim() || isTooLong || refusal) return;
    onSend(text.trim());
    write("");
  };
  const onKeyDown = (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
    if (event.key === "/" && text === "") { event.preventDefault(); setOpen(true); }
  };
  const choose = (reply) => { write(text ? `${text} ${reply}` : reply); setOpen(false); area.current.focus(); };
  return html`<form class="composer" onSubmit=${submit}>
    ${isOpen && html`<${Replies} t=${t} replies=${replies.map(inTheirs)} agent=${agent} onChoose=${choose} onClose=${() => { setOpen(false); area.current.focus(); }} />`}
    <button class="button plain icon-only" type="button" title="${t("quick")} ( / )" aria-label=${t("quick")} aria-expanded=${String(isOpen)} onClick=${() => setOpen(!isOpen)}><${Icon} name="bolt" /></button>
    ${!refusal && html`<${Attach} t=${t} onFiles=${onFiles} />`}
    <label class="hidden-text" for="message">${t("message")}</label>
    <textarea id="message" class="input" rows="1" dir="auto" ref=${area} placeholder=${t(refusal ? "cannotWrite" : "message")} disabled=${Boolean(refusal)} value=${text} onPaste=${onPaste} onInput=${(event) => write(event.target.value)} onKeyDown=${onKeyDown}></textarea>
    <button class="button primary" type="submit" disabled=${!text.trim() || isTooLong || Boolean(refusal)}><${Icon} name="send" /><span>${t("send")}</span></button>
  </form>`;
}
