"""What a waiting contact is told about the wait: decided here, so that every figure is in the log."""

from __future__ import annotations

from ..commands import AnnouncePlace, AnnounceWait, Refused
from ..events import Event, PlaceAnnounced, WaitAnnounced
from ..ids import IdSource
from ..model import InteractionState
from ..pace import Pace, estimate
from ..world import World
from .queueing import GONE


def announce(world: World, command: AnnounceWait, ids: IdSource) -> list[Event] | Refused:
    """A figure, told or withheld; refused where there is nothing to go by."""
    interaction = world.interaction(command.interaction)
    if interaction is None:
        return Refused(GONE, command.interaction)
    if interaction.state is not InteractionState.QUEUED:
        return Refused("not-waiting", interaction.state.value)
    position = world.lines.position(interaction)
    pace = world.paces.get(interaction.queue, Pace())
    found = estimate(pace, position, command.at, interaction.here_since)
    if found is None:
        return Refused("no-estimate", interaction.queue)
    return [
        WaitAnnounced(
            at=command.at,
            interaction=interaction.id,
            queue=interaction.queue,
            position=position,
            wait_s=found.wait_s,
            low_s=found.low_s,
            high_s=found.high_s,
            is_told=found.is_reliable,
        )
    ]


def announce_place(world: World, command: AnnouncePlace, ids: IdSource) -> list[Event] | Refused:
    """The place of now; nothing where it is worse than what was said: somebody with a head start came meanwhile."""
    interaction, place = world.interaction(command.interaction), world.position(command.interaction)
    if interaction is None:
        return Refused(GONE, command.interaction)
    if place is None:
        return Refused("not-waiting", interaction.state.value)
    if command.at_most is not None and place > command.at_most:
        return []
    is_told = world.paces.get(interaction.queue, Pace()).says_places
    about = {"interaction": interaction.id, "queue": interaction.queue}
    return [PlaceAnnounced(at=command.at, **about, position=place, is_told=is_told)]
