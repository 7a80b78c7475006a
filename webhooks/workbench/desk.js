// The desk's state: one snapshot from the server, asked again whenever the live stream says that something changed.

import { useCallback, useEffect, useRef, useState } from "./vendor/htm-preact.js";
import { get } from "./api.js";
import { follow } from "./stream.js";

const TYPING_MS = 6000; // nobody says when they stop
const GATHER_MS = 60; // events of one moment lead to one question

export function useDesk(isSignedIn, onSignedOut) {
  const [desk, setDesk] = useState(null);
  const [skew, setSkew] = useState(0);
  const [line, setLine] = useState("connecting");
  const [changes, setChanges] = useState({}); // interaction -> how often it changed
  const [version, setVersion] = useState(0); // grows with every event
  const [typing, setTyping] = useState({}); // interaction -> until when its contact writes
  const timer = useRef(0);

  const refresh = useCallback(async () => {
    clearTimeout(timer.current);
    timer.current = 0;
    try {
      const fresh = await get("/api/desk");
      setSkew(fresh.now - Date.now() / 1000);
      setDesk(fresh);
    } catch (error) {
      if (error.status !== 401) timer.current = setTimeout(refresh, 3000);
    }
  }, []);

  const soon = useCallback(() => {
    timer.current = timer.current || setTimeout(refresh, GATHER_MS);
  }, [refresh]);

  useEffect(() => {
    if (!isSignedIn) return undefined;
    const stop = follow("/api/events", {
      onState: (state) => {
        if (state === "refused") onSignedOut();
        if (state === "live") {
          soon();
          setChanges((known) => Object.fromEntries(Object.entries(known).map(([id, count]) => [id, count + 1])));
        }
        setLine(state);
      },
      onEvent: (type, event) => {
        if (type === "SignedOut") { onSignedOut(); return; }
        if (type === "Typing") {
          setTyping((known) => ({ ...known, [event.interaction]: Date.now() + TYPING_MS }));
          return;
        }
        setVersion((known) => known + 1);
        if (type === "MessageStored") setTyping((known) => ({ ...known, [event.interaction]: 0 }));
        const id = event.offer?.interaction || event.interaction?.id || event.interaction;
        if (typeof id === "string") setChanges((known) => ({ ...known, [id]: (known[id] || 0) + 1 }));
        soon();
      },
    });
    refresh();
    return () => { stop(); clearTimeout(timer.current); timer.current = 0; };
  }, [isSignedIn]);

  return { desk, skew, line, changes, version, typing, refresh };
}

// The whole story of one interaction, asked again when `version` grows.
export function useStory(id, version) {
  const [story, setStory] = useState(null);
  const wanted = useRef("");
  wanted.current = id;
  useEffect(() => {
    if (!id) { setStory(null); return; }
    get(`/api/interactions/${id}`)
      .then((fresh) => { if (wanted.current === id) setStory(fresh); })
      .catch(() => {});
  }, [id, version]);
  return story && story.interaction.id === id ? story : null;
}
