// Follows a server-sent event stream by fetch: own headers, own reconnect, resumes by Last-Event-ID.
// onState: "connecting" | "live" | "lost" | "refused".

const SILENCE_MS = 40_000; // the server sends a comment every 15 s; longer silence is a dead line
const LONGEST_WAIT_MS = 10_000;

export function follow(url, { headers = () => ({}), onEvent, onState = () => {}, from = "" }) {
  let lastId = from;
  let tries = 0;
  let stopped = false;
  let abort = null;
  let timer = 0;
  let watchdog = 0;

  function listen() {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => abort?.abort(), SILENCE_MS);
  }

  function again() {
    if (stopped) return;
    onState("lost");
    const wait = Math.min(LONGEST_WAIT_MS, 400 * 2 ** tries) * (0.6 + Math.random() * 0.6);
    tries += 1;
    timer = setTimeout(connect, wait);
  }

  async function connect() {
    clearTimeout(timer);
    timer = 0;
    if (stopped) return;
    abort = new AbortController();
    onState("connecting");
    listen();
    try {
      const asked = { Accept: "text/event-stream", ...headers(), ...(lastId ? { "Last-Event-ID": lastId } : {}) };
      const response = await fetch(url, { headers: asked, signal: abort.signal, cache: "no-store" });
      if (response.status === 401 || response.status === 403) {
        stopped = true;
        onState("refused");
        return;
      }
      if (!response.ok) throw new Error(String(response.status));
      onState("live");
      await read(response.body.getReader());
    } catch {
      // a broken line and a server that is away look the same: come back
    } finally {
      clearTimeout(watchdog);
    }
    again();
  }

  async function read(reader) {
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      listen();
      tries = 0;
      rest += decoder.decode(value, { stream: true });
      const blocks = rest.split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) take(block);
    }
  }

  function take(block) {
    let type = "message";
    const lines = [];
    for (const line of block.split("\n")) {
      if (line.startsWith("event: ")) type = line.slice(7);
      else if (line.startsWith("id: ")) lastId = line.slice(4);
      else if (line.startsWith("data: ")) lines.push(line.slice(6));
    }
    if (lines.length) onEvent(type, JSON.parse(lines.join("\n")));
  }

  function hurry() {
    if (!stopped && timer) connect();
  }

  window.addEventListener("online", hurry);
  connect();
  return function stop() {
    stopped = true;
    window.removeEventListener("online", hurry);
    clearTimeout(timer);
    clearTimeout(watchdog);
    abort?.abort();
  };
}
