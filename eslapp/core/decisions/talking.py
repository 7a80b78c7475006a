"""From the join to the end of wrap-up."""

from __future__ import annotations

from ..callbacks import must_be_dialled
from ..commands import ConnectInteraction, EndTalk, ExpireWrapUp, ExtendWrapUp, FinishWrapUp, Refused
from ..events import (
    Event,
    InteractionClosed,
    InteractionConnected,
    TalkEnded,
    WrapUpEnded,
    WrapUpExtended,
    WrapUpStarted,
)
from ..ids import IdSource
from ..model import Interaction, InteractionState, Outcome
from ..world import World
from .placing import promises_kept

GONE = "interaction-gone"


def connect(world: World, command: ConnectInteraction, ids: IdSource) -> list[Event] | Refused:
    """The two sides hear or read each other now."""
    interaction = world.interaction(command.interaction)
    if interaction is None:
        return Refused(GONE, command.interaction)
    if interaction.state is InteractionState.CONNECTED:
        return []
    if interaction.state is not InteractionState.CONNECTING:
        return Refused("not-connecting", interaction.state.value)
    kept = promises_kept(world, interaction, command.at) if must_be_dialled(interaction) else []
    return [connected(interaction, interaction.agent, command.at), *kept]


def connected(interaction: Interaction, agent: str, at: float) -> InteractionConnected:
    """The event, with the wait measured from the clock of the place in line."""
    since = interaction.queued_at if interaction.queued_at is not None else at
    return InteractionConnected(at=at, interaction=interaction.id, agent=agent, waited_s=max(0.0, at - since))


def end(world: World, command: EndTalk, ids: IdSource) -> list[Event] | Refused:
    """The conversation is over. Told twice (both legs end): the second changes nothing."""
    interaction = world.interaction(command.interaction)
    if interaction is None:
        return Refused(GONE, command.interaction)
    if interaction.state is InteractionState.WRAP_UP:
        return []
    if interaction.state is not InteractionState.CONNECTED:
        return Refused("not-connected", interaction.state.value)
    return end_talk(world, interaction, at=command.at, by=command.by, cause=command.cause)


def end_talk(world: World, interaction: Interaction, *, at: float, by: str, cause: str) -> list[Event]:
    """End of talk and start of wrap-up; with no wrap-up time the interaction is closed at once."""
    talk_s = max(0.0, at - interaction.connected_at) if interaction.connected_at is not None else 0.0
    ended = TalkEnded(at=at, interaction=interaction.id, agent=interaction.agent, by=by, cause=cause, talk_s=talk_s)
    limit_s = world.settings.queue(interaction.queue).wrap_up_s
    if limit_s <= 0:
        return [ended, _handled(interaction, at)]
    return [ended, WrapUpStarted(at=at, interaction=interaction.id, agent=interaction.agent, until=at + limit_s)]


def finish_wrap_up(world: World, command: FinishWrapUp, ids: IdSource) -> list[Event] | Refused:
    """The agent is done, with a disposition."""
    interaction = world.interaction(command.interaction)
    if interaction is None:
        return Refused(GONE, command.interaction)
    if interaction.agent != command.agent:
        return Refused("not-your-interaction", command.interaction)
    if interaction.state is not InteractionState.WRAP_UP:
        return Refused("still-talking", interaction.state.value)
    done = WrapUpEnded(
        at=command.at,
        interaction=interaction.id,
        agent=command.agent,
        disposition=command.disposition,
        notes=command.notes,
    )
    return [done, _handled(interaction, command.at)]


def extend_wrap_up(world: World, command: ExtendWrapUp, ids: IdSource) -> list[Event] | Refused:
    """ "Need more time": as much as the queue's limit leaves."""
    interaction = world.interaction(command.interaction)
    if interaction is None:
        return Refused(GONE, command.interaction)
    if interaction.agent != command.agent:
        return Refused("not-your-interaction", command.interaction)
    if interaction.state is not InteractionState.WRAP_UP or interaction.wrap_up_until is None:
        return Refused("still-talking", interaction.state.value)
    queue = world.settings.queue(interaction.queue)
    latest = (interaction.ended_at or command.at) + queue.wrap_up_s + queue.wrap_up_more_s
    until = min(interaction.wrap_up_until + max(0.0, command.seconds), latest)
    if until <= interaction.wrap_up_until:
        return Refused("wrap-up-limit", f"{queue.wrap_up_more_s:g} s")
    return [WrapUpExtended(at=command.at, interaction=interaction.id, agent=command.agent, until=until)]


def expire_wrap_up(world: World, command: ExpireWrapUp, ids: IdSource) -> list[Event] | Refused:
    """The limit is over. A timer that comes too late changes nothing."""
    interaction = world.interaction(command.interaction)
    if interaction is None or interaction.state is not InteractionState.WRAP_UP:
        return []
    over = WrapUpEnded(
        at=command.at,
        interaction=interaction.id,
        agent=interaction.agent,
        disposition=interaction.disposition,
        notes=interaction.notes,
        timed_out=True,
    )
    return [over, _handled(interaction, command.at)]


def _handled(interaction: Interaction, at: float) -> InteractionClosed:
    return InteractionClosed(at=at, interaction=interaction.id, outcome=Outcome.HANDLED)
