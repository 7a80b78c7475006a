// After the conversation: how it ended, what the next colleague should know, before the time runs out.

import { html, useEffect, useState } from "./vendor/htm-preact.js";
import { memory } from "./api.js";
import { Icon } from "./icons.js";
import { span } from "./time.js";

export function WrapUp({ interaction, dispositions, now, t, onFinish, onMore }) {
  const id = interaction.id;
  const [choice, setChoice] = useState("");
  const [notes, setNotes] = useState("");
  useEffect(() => { setChoice(""); setNotes(memory.read(`notes-${id}`)); }, [id]);
  const write = (value) => { setNotes(value); memory.keep(`notes-${id}`, value); };
  const submit = (event) => {
    event.preventDefault();
    if (!choice) return;
    onFinish(id, choice, notes.trim()).then((done) => { if (done) memory.keep(`notes-${id}`, ""); });
  };
  const onKeyDown = (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit(event); };
  const until = interaction.wrap_up_until;
  const total = until ? Math.max(1, until - interaction.ended_at) : 0;
  return html`<form class="wrapup" onSubmit=${submit} onKeyDown=${onKeyDown} aria-label=${t("wrapUp")}>
    <header><h3>${t("wrapUp")}</h3>
      ${until && html`<span class="quiet small numbers">${t("closesIn", { time: span(until - now) })}</span>`}</header>
    ${until && html`<progress class="countdown" max=${total} value=${Math.max(0, until - now)} aria-hidden="true"></progress>`}
    <fieldset class="chips"><legend>${t("outcome")}</legend>
      ${dispositions.map((one) => html`<label class="chip"><input type="radio" name="disposition" value=${one.code} required checked=${choice === one.code} onChange=${() => setChoice(one.code)} /><span>${t.pick(one.label, one.code)}</span></label>`)}
    </fieldset>
    <label class="field"><span>${t("notes")}</span>
      <textarea class="input" rows="3" dir="auto" maxlength="10000" placeholder=${t("notesHint")} value=${notes} onInput=${(event) => write(event.target.value)}></textarea></label>
    <div class="wrapup-end">${until && html`<button class="button plain" type="button" onClick=${onMore}><${Icon} name="clock" /><span>${t("moreTime")}</span></button>`}<button class="button primary" type="submit" disabled=${!choice}>${t("save")}</button></div>
  </form>`;
}
