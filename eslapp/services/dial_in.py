"""A caller keys in the code that the chat page showed: the call goes on as the chat's contact, in the chat's chain.

Owns: judging the code, how often anybody may guess, joining the call. Codes have six digits and live for ten minutes; a
call has the flow's tries, and all calls together so many wrong ones in ten minutes, after which none is taken.
Not here: making codes (``webhooks.chat.routes``), asking (the flow's ``identify: {by: chat}``).
"""

from __future__ import annotations

from collections import deque
from typing import Any

from eslapp.bus import Bus
from eslapp.clock import Clock
from eslapp.core.commands import LinkInteraction
from eslapp.log import get_log
from eslapp.store import Store, Tx, interactions, passes, places
from ivr.service_calls import TakeDialInCode
from ivr.waits import Answered, Happening

log = get_log("dial_in")
GUESSES, WITHIN_S = 30, 600.0


class DialIn:
    """One per daemon."""

    def __init__(self, *, bus: Bus, store: Store, clock: Clock, key: str) -> None:
        self._bus, self._store, self._clock, self._key = bus, store, clock, key
        self._wrong: deque[float] = deque(maxlen=GUESSES)

    def take(self, interaction: str, effect: TakeDialInCode) -> Happening:
        """ "right", "wrong", or "over" while too many guess. The same asked again after a crash is right again."""
        now = self._clock()
        if len(self._wrong) == GUESSES and now - self._wrong[0] < WITHIN_S:
            log.warning("dial-in-guessing", interaction=interaction)
            return Answered({"verdict": "over"})
        known = passes.digest(self._key, passes.DIAL_IN, effect.code)

        def work(tx: Tx) -> tuple[passes.Pass | None, str, places.Place]:
            found = passes.take(tx, digest=known, purpose=passes.DIAL_IN, by=interaction, now=now)
            found = found or passes.used_by(tx, interaction)
            before = interactions.get(tx, found.parent) if found is not None else None
            place = places.left_for(tx, found.parent if found is not None else "", channel="voice", at=now)
            return found, before.chain if before is not None else "", place

        found, chain, place = self._store.write(work)
        if found is None:
            self._wrong.append(now)
            return Answered({"verdict": "wrong"})
        about = {"contact": found.contact, "parent": found.parent, "chain": chain or found.parent}
        stood: dict[str, Any] = {"stood_in": place.queue, "stood_since": place.since}
        self._bus.submit(LinkInteraction(at=now, interaction=interaction, **about, **stood))
        return Answered({"verdict": "right"})
