"""What flows keep: tickets and surveys, each with its event in one transaction.

Owns: from the flow's effect to rows. Not here: the rows (``eslapp.store``), identities (``identities``), the steps.
"""

from __future__ import annotations

from eslapp.clock import Clock
from eslapp.core.events import SurveyAnswered, TicketOpened
from eslapp.core.model import Interaction
from eslapp.log import get_log
from eslapp.store import Store, Tx, events, interactions, surveys, tickets
from ivr.service_calls import KeepSurvey, OpenTicket
from ivr.waits import Answered, Failed, Happening

log = get_log("self_service")


class SelfService:
    """One per daemon; its methods are services of ``FlowServices``."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def open_ticket(self, interaction: str, effect: OpenTicket) -> Happening:
        """``Answered`` with the number; asked again after a crash it is the same."""
        now = self._clock()

        def work(tx: Tx) -> int | None:
            one = interactions.get(tx, interaction)
            if one is None:
                return None
            number, is_new = tickets.open_one(
                tx,
                source=f"{interaction}:{effect.key}",
                interaction=interaction,
                contact=one.contact,
                kind=effect.kind,
                level=effect.level,
                subject=effect.subject,
                text=effect.text,
                collected=effect.values,
                at=now,
                due_at=None if effect.due_s is None else now + effect.due_s,
            )
            if is_new:
                events.append(tx, TicketOpened(at=now, interaction=interaction, ticket=number, level=effect.level))
            return number

        number = self._store.write(work)
        if number is None:
            return Failed("there is no such interaction")
        log.info("ticket-opened", interaction=interaction, ticket=number)
        return Answered({"number": str(number)})

    def keep_survey(self, interaction: str, effect: KeepSurvey) -> Happening:
        """One answer per place of the flow."""
        now = self._clock()

        def work(tx: Tx) -> Interaction | None:
            one = interactions.get(tx, interaction)
            if one is None:
                return None
            is_new = surveys.keep(
                tx,
                source=f"{interaction}:{effect.key}",
                interaction=interaction,
                contact=one.contact,
                survey=effect.survey,
                score=effect.score,
                best=effect.best,
                is_low=effect.is_low,
                queue=one.queue,
                agent=one.agent,
                at=now,
            )
            if is_new:
                answered = SurveyAnswered(
                    at=now, interaction=interaction, survey=effect.survey, score=effect.score, is_low=effect.is_low
                )
                events.append(tx, answered)
            return one

        return Answered() if self._store.write(work) is not None else Failed("there is no such interaction")
