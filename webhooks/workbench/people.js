// Who else this contact may be: suggestions, and merges that can be undone.

import { html, useState } from "./vendor/htm-preact.js";
import { post } from "./api.js";

const short = (address) => (address.length > 24 ? `…${address.slice(-10)}` : address);
const called = (person, t) => person.name || short(person.addresses?.[0]?.[1] || "") || t("contact");

// The server's reasons are sentences in English: those it makes up itself are said in the reader's language.
function reason(text, t) {
  const scope = /^the same (?:proved )?(\w+)/.exec(text)?.[1];
  return scope ? t("sameBy", { what: t.has(`scope_${scope}`) ? t(`scope_${scope}`) : scope }) : text;
}

export function SamePerson({ contact, told, t, onChanged }) {
  const [problem, setProblem] = useState("");
  const act = (verb, body) => post(`/api/people/${encodeURIComponent(contact)}/${verb}`, body)
    .then(() => { setProblem(""); onChanged(); }).catch((error) => setProblem(error.message));
  const standing = (told?.merges || []).filter((one) => one.undone_at == null);
  const asked = told?.suggestions || [];
  if (!standing.length && !asked.length) return null;
  return html`<section class="card same" aria-label=${t("same")}><h3>${t("same")}</h3>
    ${asked.map((one) => html`<div class="same-one" key=${one.person.id}><p><bdi class="name">${called(one.person, t)}</bdi>
      <span class="quiet small"><bdi>${reason(one.reason, t)}</bdi></span></p>
      <div class="same-buttons"><button type="button" class="button small-button" onClick=${() => act("merge", { other: one.person.id, reason: one.reason })}>${t("merge")}</button>
      <button type="button" class="button plain small-button" onClick=${() => act("dismiss", { other: one.person.id })}>${t("notSame")}</button></div></div>`)}
    ${standing.map((one) => html`<div class="same-one" key=${one.number}><p>${t("merged")} <span class="quiet small"><bdi>${reason(one.reason, t)}</bdi></span></p>
      <button type="button" class="button plain small-button" onClick=${() => act("part", { merge: one.number })}>${t("undo")}</button></div>`)}
    ${problem && html`<p class="notice" role="alert">${problem}</p>`}
  </section>`;
}
