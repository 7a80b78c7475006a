// The embeddable launcher. On any page:
//   <script src="https://desk.example.com/chat/widget.js" data-channel="website" data-lang="zh" async></script>
// A signed-in member is named by data-user-id, data-user-hash (hex HMAC-SHA256 of the id, made by your server) and data-name.
// Styles are set by script only, so that it works under the page's own content security policy.
(() => {
  const tag = document.currentScript;
  const origin = new URL(tag.src).origin;
  const { channel = "", lang = document.documentElement.lang || navigator.language || "en", side = "right", userId = "", userHash = "", name = "" } = tag.dataset;
  const isChinese = lang.toLowerCase().startsWith("zh");
  const label = isChinese ? ["打开在线客服", "关闭在线客服"] : ["Open the chat", "Close the chat"];
  const query = new URLSearchParams({ lang: isChinese ? "zh" : "en", embed: "1", ...(channel ? { channel } : {}) });
  const others = [...document.querySelectorAll("[data-zongji-chat]")];
  const own = `${origin} ${channel}`;
  if (others.some((one) => one.dataset.zongjiChat === own)) return; // the same script twice is one chat
  const shelf = `zongji-chat ${own} ${userId}`; // only used where the browser lets our frame remember nothing
  const edge = side === "left" ? "left" : "right";

  const host = document.createElement("div");
  host.dataset.zongjiChat = own;
  for (const [rule, value] of [["all", "initial"], ["display", "block"], ["position", "static"], ["transform", "none"]]) host.style.setProperty(rule, value, "important"); // whatever the page's styles say
  const root = host.attachShadow({ mode: "open" });
  const button = document.createElement("button");
  const badge = document.createElement("span");
  const frame = document.createElement("iframe");
  let isOpen = false;
  let unread = 0;
  const offset = 20 + 72 * others.length; // beside the launchers of other channels

  function kept(token) {
    try {
      if (token === undefined) return localStorage.getItem(shelf) || "";
      if (token) localStorage.setItem(shelf, token);
      else localStorage.removeItem(shelf);
    } catch { /* then it lives as long as the page */ }
    return "";
  }

  function address() {
    const token = kept();
    const who = new URLSearchParams({ ...(userId ? { user: userId, hash: userHash } : {}), ...(name ? { name } : {}), ...(token ? { token } : {}) }).toString();
    return `${origin}/chat?${query}${who ? `#${who}` : ""}`;
  }

  function icon() {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    const path = document.createElementNS(space, "path");
    for (const [name, value] of Object.entries({ viewBox: "0 0 24 24", width: "26", height: "26", fill: "none", "aria-hidden": "true" })) svg.setAttribute(name, value);
    for (const [name, value] of Object.entries({ stroke: "#fff", "stroke-width": "1.8", "stroke-linejoin": "round", "stroke-linecap": "round" })) path.setAttribute(name, value);
    svg.append(path);
    return [svg, path];
  }

  const [svg, path] = icon();
  Object.assign(button.style, {
    position: "fixed", [edge]: `${offset}px`, bottom: "20px", width: "56px", height: "56px", border: "0", borderRadius: "50%",
    background: "#0f6b63", color: "#fff", cursor: "pointer", boxShadow: "0 6px 20px rgb(0 0 0 / 25%)", zIndex: "2147483646",
    display: "grid", placeItems: "center", padding: "0",
  });
  Object.assign(badge.style, {
    position: "absolute", top: "-4px", [edge]: "-4px", minWidth: "22px", height: "22px", borderRadius: "11px", background: "#c0291c",
    color: "#fff", font: "600 13px/22px system-ui, sans-serif", padding: "0 5px", boxSizing: "border-box", display: "none",
  });
  button.type = "button";
  button.append(svg, badge);

  function place() {
    const isNarrow = window.innerWidth < 480;
    const isAbove = isNarrow && isOpen; // the frame fills the lower part of a phone: the button that closes it goes up
    Object.assign(button.style, { top: isAbove ? "14px" : "auto", bottom: isAbove ? "auto" : "20px" });
    Object.assign(frame.style, {
      position: "fixed", border: "0", zIndex: "2147483647", background: "transparent", display: isOpen ? "block" : "none",
      colorScheme: "normal", boxShadow: "0 12px 48px rgb(0 0 0 / 28%)", borderRadius: isNarrow ? "0" : "16px",
      [edge]: isNarrow ? "0" : "20px", bottom: isNarrow ? "0" : "88px", width: isNarrow ? "100%" : "390px",
      height: isNarrow ? "calc(100% - 84px)" : "min(620px, calc(100% - 108px))",
    });
  }

  function show() {
    path.setAttribute("d", isOpen ? "M6 6l12 12M18 6L6 18" : "M4 5h16v11H9l-5 4z M8 9h8 M8 12h5");
    button.setAttribute("aria-label", label[isOpen ? 1 : 0]);
    button.setAttribute("aria-expanded", String(isOpen));
    badge.textContent = String(unread);
    badge.style.display = unread ? "block" : "none";
    place();
  }

  function toggle() {
    isOpen = !isOpen;
    unread = 0;
    if (isOpen && !frame.src) frame.src = address();
    if (isOpen) window.dispatchEvent(new CustomEvent("zongji-chat-open", { detail: host })); // one at a time
    show();
    frame.contentWindow?.postMessage({ zongji: isOpen ? "open" : "closed" }, origin);
    if (isOpen) frame.focus();
    else button.focus();
  }

  window.addEventListener("message", (event) => {
    if (event.origin !== origin || event.source !== frame.contentWindow) return;
    const { zongji: told, token } = event.data || {};
    if (told === "keep" && typeof token === "string") kept(token);
    if (told === "close" && isOpen) toggle();
    if (told !== "message" || isOpen) return;
    unread += 1;
    show();
  });
  window.addEventListener("zongji-chat-open", (event) => { if (isOpen && event.detail !== host) toggle(); });
  window.addEventListener("resize", place);
  window.addEventListener("keydown", (event) => { if (event.key === "Escape" && isOpen) toggle(); });
  frame.allow = "microphone"; // asked for only by who presses "Call" in it
  frame.title = isChinese ? "在线客服" : "Chat";
  button.addEventListener("click", toggle);
  root.append(frame, button);
  show();
  if (document.body) document.body.append(host);
  else document.addEventListener("DOMContentLoaded", () => document.body.append(host));
})();
