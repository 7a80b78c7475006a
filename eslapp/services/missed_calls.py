"""Calls that a provider tells of and that never reached the switch: kept with the contact, so that somebody calls back.

Owns: the interaction of such a call, once. Not here: calls that arrive (``voice_calls``), what the provider says
(``webhooks.channels``).
"""

from __future__ import annotations

from typing import Any

from eslapp.bus import Bus
from eslapp.core import commands as ask
from eslapp.core.model import Medium, Outcome
from eslapp.core.phone_numbers import at_home, country_of, e164
from eslapp.ids import IdSource
from eslapp.log import get_log
from eslapp.services.callers import person
from eslapp.store import Store, Tx, contacts, interactions

log = get_log("missed_calls")


class MissedCalls:
    """One per daemon."""

    def __init__(self, *, bus: Bus, store: Store, ids: IdSource) -> None:
        self._bus, self._store, self._ids = bus, store, ids

    def keep(self, site: Any, source: Any, inbound: Any, at: float) -> None:
        """The same call (by the provider's id) is kept once, however often it is told."""
        leg, country = f"{source.account}:{inbound.provider_id}", country_of(site.country, site.timezone)
        address = person(e164(inbound.address, country)) or leg

        def work(tx: Tx) -> str:
            if interactions.by_leg(tx, leg) is not None:
                return ""
            return contacts.find_or_create(tx, scope="tel", external_id=address, new_id=self._ids(), at=at)[0].id

        contact = self._store.write(work)
        if not contact:
            return
        log.error("call-never-came", account=source.account, call=inbound.provider_id, reason=inbound.error)
        interaction = self._ids()
        opened = ask.OpenInteraction(
            at=at,
            interaction=interaction,
            contact=contact,
            channel="voice",
            medium=Medium.VOICE,
            leg=leg,
            flow=source.flow,
            language=site.languages[0],
            subject=at_home(inbound.address, country),
        )
        self._bus.submit(opened)
        lost = {"outcome": Outcome.LOST, "cause": inbound.error}
        self._bus.submit(ask.CloseInteraction(at=at, interaction=interaction, **lost))
