// What is not words: pictures, sound, files, places, links, cards; each with the state of its file.

import { html } from "./vendor/htm-preact.js";
import { post } from "./api.js";
import { Icon } from "./icons.js";

const PLAYED = new Set(["audio/wav", "audio/ogg", "audio/mpeg", "audio/mp4", "video/mp4", "video/webm"]);
const SHOWN = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

export function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

// Only what a browser opens harmlessly; "javascript:" and the like stay words.
const isWeb = (url) => /^https?:\/\//i.test(url || "");

export function File({ one, url, t }) {
  const name = one.name || t(`kind_${one.kind}`);
  if (SHOWN.has(one.content_type)) {
    return html`<a class="picture" href=${url} target="_blank" rel="noopener"><img src=${url} alt=${name} /></a>`;
  }
  if (PLAYED.has(one.content_type) && one.content_type.startsWith("audio/")) return html`<audio class="player" controls preload="none" src=${url} aria-label=${name}></audio>`;
  if (PLAYED.has(one.content_type)) return html`<video class="player" controls preload="metadata" src=${url} aria-label=${name}></video>`;
  return html`<a class="file" href=${url} download=${name}><${Icon} name="file" /><span class="file-text"><bdi class="file-name">${name}</bdi><span class="small numbers">${size(one.bytes || 0)} · ${t("download")}</span></span></a>`;
}

function Missing({ one, t, onProblem }) {
  const again = () => post(`/api/media/${one.media}/again`).catch(onProblem);
  if (one.state === "pending") return html`<span class="file is-pending" role="status"><${Icon} name="clock" /><span>${t("file_pending", { kind: t(`kind_${one.kind}`) })}</span></span>`;
  return html`<span class="file is-failed"><${Icon} name="alert" /><span class="file-text"><bdi>${one.name || t(`kind_${one.kind}`)}</bdi><span class="small">${t(`file_${one.state}`)}</span></span>
    <button type="button" class="button small-button" onClick=${again}>${t("fetchAgain")}</button></span>`;
}

function Place({ facts, t }) {
  const { latitude, longitude } = facts;
  const has = Number.isFinite(Number(latitude)) && Number.isFinite(Number(longitude)) && latitude !== "" && latitude != null;
  const map = has ? `https://www.openstreetmap.org/?mlat=${Number(latitude)}&mlon=${Number(longitude)}#map=16/${Number(latitude)}/${Number(longitude)}` : "";
  const title = facts.title || facts.label || facts.address || t("kind_location");
  return html`<span class="card-line"><${Icon} name="pin" /><span class="file-text"><bdi>${title}</bdi>
    ${facts.address && facts.address !== title && html`<bdi class="small">${facts.address}</bdi>`}
    ${map && html`<a class="small numbers" href=${map} target="_blank" rel="noopener noreferrer">${Number(latitude).toFixed(5)}, ${Number(longitude).toFixed(5)}</a>`}</span></span>`;
}

function Facts({ kind, one, t }) {
  const { title, name, description, text, url, emoji, phone } = one.facts;
  const head = emoji || title || name || one.name || text || t(`kind_${kind}`);
  return html`<span class="card-line"><${Icon} name=${kind === "contact" ? "user" : kind === "link" ? "link" : "card"} /><span class="file-text">
    <span class="small">${t.has(`kind_${kind}`) ? t(`kind_${kind}`) : kind}</span><bdi class="file-name">${head}</bdi>
    ${description && html`<bdi class="small">${description}</bdi>`}${phone && html`<bdi class="numbers">${phone}</bdi>`}
    ${isWeb(url) && html`<a class="small" href=${url} target="_blank" rel="noopener noreferrer"><bdi>${url}</bdi></a>`}</span></span>`;
}

const Form = ({ facts, t }) => html`<dl class="form-card"><dt class="small">${t("kind_form")}</dt>${Object.entries(facts).map(([key, value]) =>
  html`<dd><span class="small">${t.has(`form_${key}`) ? t(`form_${key}`) : key}</span> <bdi>${value}</bdi></dd>`)}</dl>`;

function Attachment({ one, t, onProblem }) {
  if (one.state === "ready") return html`<${File} one=${one} url=${`/api/media/${one.media}`} t=${t} />`;
  if (one.media && one.state) return html`<${Missing} one=${one} t=${t} onProblem=${onProblem} />`;
  if (one.kind === "location") return html`<${Place} facts=${one.facts} t=${t} />`;
  if (one.kind === "form") return html`<${Form} facts=${one.facts} t=${t} />`;
  if (one.kind === "mail") return html`<span class="card-line"><${Icon} name="card" /><span class="file-text"><bdi class="file-name">${one.name}</bdi>
    ${one.facts.people_only && html`<span class="small">${t(`people_only_${one.facts.people_only}`)}</span>`}</span></span>`;
  return html`<${Facts} kind=${one.kind} one=${one} t=${t} />`;
}

export const Attachments = ({ message, t, onProblem }) => message.attachments.map((one, index) =>
  html`<${Attachment} key=${one.media || index} one=${one} t=${t} onProblem=${onProblem} />`);
