"""``lookup``: the flow's question to the business system, asked over HTTP in time or not at all.

Owns: the operator's words in address and headers, the time limit, the circuit breaker, JSON within bounds.
Not here: which hosts may be asked (``eslapp.outside``), what the answer means (``ivr.steps.lookup``).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import gevent

from eslapp.breaker import Breakers
from eslapp.clock import Clock, monotonic
from eslapp.log import get_log
from eslapp.outside import Answer, Blocked, Outside, TooLarge, Unreachable
from ivr.service_calls import AskSystem, Filled
from ivr.waits import Answered, Failed, Happening

log = get_log("lookups")

CAP = 256 * 1024
DEPTH_MAX = 32
REDIRECTS = 2


class NoWord(Exception):
    """``$(env.NAME)`` names nothing: the operator has to set it."""


class Lookups:
    """``word(name)`` is the operator's word behind ``$(env.NAME)``, None where there is none."""

    def __init__(
        self,
        outside: Callable[[], Outside],
        word: Callable[[str], str | None],
        *,
        breakers: Breakers | None = None,
        clock: Clock = monotonic,
    ) -> None:
        self._outside = outside
        self._word = word
        self._breakers = breakers or Breakers()
        self._clock = clock

    def ask(self, interaction: str, effect: AskSystem) -> Happening:
        """``Answered`` with status and body, or ``Failed`` with one word why."""
        try:
            url = self._filled(effect.url)
            headers = {name: self._filled(text) for name, text in effect.headers.items()}
        except NoWord as missing:
            log.error("lookup-word-missing", interaction=interaction, word=str(missing))
            return Failed(f"$(env.{missing}) is not set")
        place = urlsplit(url).netloc.rpartition("@")[2].lower()
        if not self._breakers.may_ask(place, self._clock()):
            return Failed(f"{place} is known to be down")
        begun = self._clock()
        happening = self._asked(interaction, effect, url, headers)
        is_down = isinstance(happening, Failed) or happening.values.get("status", 0) >= 500
        if is_down:
            self._breakers.failed(place, self._clock())
        else:
            self._breakers.worked(place)
        reason = happening.reason if isinstance(happening, Failed) else ""
        took_ms = round((self._clock() - begun) * 1000)
        log.info("looked-up", interaction=interaction, place=place, took_ms=took_ms, reason=reason, is_down=is_down)
        return happening

    def _asked(self, interaction: str, effect: AskSystem, url: str, headers: dict[str, str]) -> Answered | Failed:
        headers = {"Accept": "application/json", **headers}
        body: dict[str, Any] | None = None
        if effect.method == "POST":
            headers["Idempotency-Key"] = f"{interaction}:{effect.key}"
            body = dict(effect.body)
        try:
            with gevent.Timeout(effect.within_s):  # DNS, a slow drip and everything else included
                answer = self._outside().ask(
                    effect.method,
                    url,
                    headers=headers,
                    json_body=body,
                    within_s=effect.within_s,
                    cap=CAP,
                    redirects=REDIRECTS if effect.method == "GET" else 0,
                )
        except gevent.Timeout:
            return Failed(f"no answer in {effect.within_s:g} s")
        except (Blocked, Unreachable, TooLarge) as error:
            return Failed(str(error))
        return _read(answer)

    def _filled(self, text: Filled) -> str:
        return "".join(part if isinstance(part, str) else self._found(part.name) for part in text)

    def _found(self, name: str) -> str:
        word = self._word(name)
        if word is None or any(ord(letter) < 32 for letter in word):
            raise NoWord(name)
        return word


def _read(answer: Answer) -> Answered | Failed:
    """Status and JSON; a good answer that is no JSON is a failure of the other side."""
    if not answer.is_good:
        return Answered({"status": answer.status, "body": {}})
    if not answer.body.strip():
        return Answered({"status": answer.status, "body": {}})
    try:
        body = json.loads(answer.body, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return Failed("the answer is not JSON")
    if _is_deep(body):
        return Failed(f"the answer is nested more than {DEPTH_MAX} deep")
    return Answered({"status": answer.status, "body": body})


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")


def _is_deep(body: Any) -> bool:
    level = [body]
    for _ in range(DEPTH_MAX):
        inner: list[Any] = []
        for value in level:
            inner += value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        if not inner:
            return False
        level = inner
    return True
