"""The robots' browsers: the workbench's HTTP API as an agent or supervisor uses it, and the chat page's as a visitor.

Owns: the requests. Not here: when they are made (``agent``, ``story``). Blocking; the story runs them in threads.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Any

import requests

from eslapp.demo.timeline import Unseen

REQUEST_S = 10.0
LOOK_EVERY_S = 0.1


def session() -> requests.Session:
    """Loopback only: the machine's proxy settings do not apply."""
    made = requests.Session()
    made.trust_env = False
    return made


class Desk:
    """One signed-in workbench."""

    def __init__(self, url: str, login: str, password: str) -> None:
        self._url = url
        self._http = session()
        self.me = self.post("/api/login", login=login, password=password)
        self._http.headers["X-CSRF-Token"] = self.me["csrf"]

    def get(self, path: str, **query: Any) -> Any:
        """GET, as JSON; ``Unseen`` on any refusal."""
        return answer(self._http.get(self._url + path, params=query, timeout=REQUEST_S))

    def post(self, path: str, **body: Any) -> Any:
        """POST a JSON body, as JSON; ``Unseen`` on any refusal."""
        return answer(self._http.post(self._url + path, json=body, timeout=REQUEST_S))

    def recording(self, interaction: str) -> bytes:
        """The recorded sound, as the workbench plays it."""
        reply = self._http.get(f"{self._url}/api/interactions/{interaction}/recording.wav", timeout=REQUEST_S)
        reply.raise_for_status()
        return reply.content

    def file(self, path: str) -> bytes | None:
        """The bytes of a file; None while it is not there."""
        reply = self._http.get(self._url + path, timeout=REQUEST_S)
        return reply.content if reply.status_code == 200 else None

    def await_offer(self, medium: str, within_s: float) -> dict[str, Any]:
        """The next offer of this medium."""

        def look() -> dict[str, Any] | None:
            offers = self.get("/api/offers")["offers"]
            return next((offer for offer in offers if offer["medium"] == medium), None)

        return await_that(f"an offer ({medium}) at the agent's desk", within_s, look)

    def await_story(
        self, interaction: str, what: str, within_s: float, is_so: Callable[[dict[str, Any]], Any]
    ) -> dict[str, Any]:
        """The interaction's whole story once ``is_so(story)``."""

        def look() -> dict[str, Any] | None:
            story = self.get(f"/api/interactions/{interaction}")
            return story if is_so(story) else None

        return await_that(what, within_s, look)


class Visitor:
    """One visitor of the chat page; ``given``: what stands behind ``#pass=`` in the link they came by."""

    def __init__(self, url: str, language: str, name: str, *, given: str = "") -> None:
        self._url = url
        self._http = session()
        about = {"language": language, "name": name} | ({"pass": given} if given else {})
        begun = answer(self._http.post(f"{url}/chat/session", json=about, timeout=REQUEST_S))
        self._http.headers["Authorization"] = f"Bearer {begun['token']}"
        self._http.headers["X-Language"] = language
        self.messages: list[dict[str, Any]] = []
        self.status: dict[str, Any] = {}

    def write(self, text: str) -> None:
        """Send one message."""
        body = {"client_id": secrets.token_hex(8), "text": text}
        answer(self._http.post(f"{self._url}/chat/messages", json=body, timeout=REQUEST_S))

    def leave(self) -> None:
        """End the chat, in whatever state it is."""
        answer(self._http.post(f"{self._url}/chat/end", json={}, timeout=REQUEST_S))

    def read(self) -> list[dict[str, Any]]:
        """The whole thread as the page would show it after a reload."""
        shown = answer(self._http.get(f"{self._url}/chat/messages", timeout=REQUEST_S))
        self.messages, self.status = shown["messages"], shown["status"]
        return self.messages

    def await_message(self, what: str, within_s: float, is_it: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first message that ``is_it``."""
        return await_that(what, within_s, lambda: next((one for one in self.read() if is_it(one)), None))

    def await_status(self, what: str, within_s: float, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The thread's status once ``is_so``."""

        def look() -> dict[str, Any] | None:
            self.read()
            return self.status if is_so(self.status) else None

        return await_that(what, within_s, look)


def answer(reply: requests.Response) -> Any:
    """The JSON of a good answer; ``Unseen`` naming the refusal."""
    if reply.status_code >= 400:
        raise Unseen(f"{reply.request.method} {reply.request.path_url}: {reply.status_code} {reply.text.strip()[:200]}")
    return reply.json()


def await_that(what: str, within_s: float, look: Callable[[], Any]) -> Any:
    """The first true value of ``look()``; ``Unseen`` after ``within_s`` seconds."""
    deadline = time.monotonic() + within_s
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() >= deadline:
            raise Unseen(f"{what} (waited {within_s:.0f} s)")
        time.sleep(LOOK_EVERY_S)
