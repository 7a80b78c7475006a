"""Who is not asked for an interaction again for a while: they declined it, handed it on, or could not be connected.

Not here: how long a decline counts (``settings.Rules.cool_down_s``), who is asked instead (``matching``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from .events import InteractionTransferred, OfferDeclined, OfferRescinded
from .sorted_map import SortedMap

LEG_AGAIN_S = 3.0  # whose leg failed twice is not rung for the same contact again before


class Cause(StrEnum):
    """Why they rest; the words of the receipts."""

    DECLINED = "declined"
    HANDED_ON = "handed-on"
    LEG_FAILED = "leg-failed"  # nobody's fault: others first, then at once again, then in steps


@dataclass(frozen=True, slots=True)
class Rest:
    """One agent from one interaction."""

    until: float
    cause: Cause = Cause.DECLINED


Rests = SortedMap[tuple[str, str], Rest]  # (interaction, agent)
OVER = Rest(float("-inf"))
Resting = OfferDeclined | InteractionTransferred | OfferRescinded  # the events that make agents rest


def rests_after(event: Resting, before: Rest | None, cool_down_s: float) -> Iterator[tuple[str, Rest]]:
    """Which agents the event makes rest from its interaction. ``before``: how the event's own agent rested from it."""
    if isinstance(event, OfferRescinded):
        again_s = LEG_AGAIN_S if before is not None else 0.0
        if event.is_leg_failure:
            yield event.agent, Rest(event.at + again_s, Cause.LEG_FAILED)
        return
    cause = Cause.DECLINED if isinstance(event, OfferDeclined) else Cause.HANDED_ON
    yield event.agent, Rest(event.at + cool_down_s, cause)
    if isinstance(event, InteractionTransferred) and event.kind == "agent":  # handed back: they are meant, now
        yield event.target, OVER


class Declined:
    """``interaction in world.decliners``: anybody rests, or has rested, from it."""

    __slots__ = ("_cool_downs",)

    def __init__(self, cool_downs: Rests) -> None:
        self._cool_downs = cool_downs

    def __contains__(self, interaction: object) -> bool:
        following = next(self._cool_downs.items_from((str(interaction), "")), None)
        return following is not None and following[0][0] == interaction
