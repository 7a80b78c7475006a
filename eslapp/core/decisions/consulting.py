"""Somebody beside contact and agent: consulted, joined by them, listening as a supervisor, taking the talk over.

Not here: hold and blind transfers (``handing``).
"""

from __future__ import annotations

from ..capacity import can_be_rung
from ..commands import (
    AnswerGuest,
    CompleteTransfer,
    DismissGuest,
    Refused,
    StartConsult,
    StartThreeWay,
    Supervise,
    TakeOver,
)
from ..events import (
    ConsultEnded,
    ConsultStarted,
    Event,
    GuestAnswered,
    SupervisionEnded,
    SupervisionStarted,
    SupervisorBarged,
    SupervisorListened,
    SupervisorWhispered,
    TalkHandedOver,
    ThreeWayEnded,
    ThreeWayStarted,
)
from ..ids import IdSource, leg_id
from ..model import Guest, GuestState, Interaction, InteractionState, Medium, Offer, OfferState, TalkState
from ..world import World
from .calling_out import one_too_many
from .handing import GONE, own_talk
from .talking import end_talk

SUPERVISOR, OUTSIDE = "supervisor", "outside"
MODES: dict[str, type[SupervisorListened | SupervisorWhispered | SupervisorBarged]] = {
    "listen": SupervisorListened,
    "whisper": SupervisorWhispered,
    "barge": SupervisorBarged,
}
DOES = {
    "listen": GuestState.LISTENING,
    "whisper": GuestState.WHISPERING,
    "barge": GuestState.BARGING,
}


def consult(world: World, command: StartConsult, ids: IdSource) -> list[Event] | Refused:
    """Of a call: one at a time; a colleague must have a phone and no call."""
    one = own_talk(world, command.interaction, command.agent)
    if isinstance(one, Refused):
        return one
    if one.medium is not Medium.VOICE:
        return Refused("not-a-call", one.id)
    if one.consulted is not None:
        return Refused("consulting-already", one.consulted.who)
    is_outside = command.kind == OUTSIDE
    refusal = one_too_many(command.recent) if is_outside else _unreachable(world, command.target, one.agent)
    if refusal is not None:
        return refusal
    guest = Guest(ids(), command.target, OUTSIDE if command.kind == OUTSIDE else "agent")
    return [ConsultStarted(at=command.at, interaction=one.id, agent=one.agent, guest=guest)]


def answer(world: World, command: AnswerGuest, ids: IdSource) -> list[Event] | Refused:
    """Told twice: nothing changes."""
    found = _guest(world, command.interaction, command.guest)
    if isinstance(found, Refused):
        return found
    one, guest = found
    if guest.state is not GuestState.RINGING:
        return []
    about = {"interaction": one.id, "guest": guest.id, "who": guest.who}
    if guest.kind == SUPERVISOR:
        return [MODES.get(command.mode or guest.wanted, SupervisorListened)(at=command.at, **about)]
    return [GuestAnswered(at=command.at, **about)]


def dismiss(world: World, command: DismissGuest, ids: IdSource) -> list[Event] | Refused:
    """The talk goes on without them: a contact who was held stays so, until the agent takes them back."""
    found = _guest(world, command.interaction, command.guest)
    if isinstance(found, Refused):
        return found
    one, guest = found
    about = {"interaction": one.id, "guest": guest.id, "who": guest.who, "reason": command.reason}
    if guest.kind == SUPERVISOR:
        return [SupervisionEnded(at=command.at, **about)]
    over = ThreeWayEnded if guest.state is GuestState.JOINED else ConsultEnded
    return [over(at=command.at, **about)]


def three_way(world: World, command: StartThreeWay, ids: IdSource) -> list[Event] | Refused:
    """Told twice: nothing changes."""
    one = own_talk(world, command.interaction, command.agent)
    if isinstance(one, Refused):
        return one
    guest = one.consulted
    if one.talk is TalkState.THREE_WAY:
        return []
    if guest is None or guest.state is not GuestState.CONSULTED:
        return Refused("nobody-consulted", one.id)
    return [ThreeWayStarted(at=command.at, interaction=one.id, guest=guest.id, who=guest.who)]


def complete(world: World, command: CompleteTransfer, ids: IdSource) -> list[Event] | Refused:
    """To a colleague: theirs now. To a number outside: out of our hands; the agent's wrap-up begins."""
    one = own_talk(world, command.interaction, command.agent)
    if isinstance(one, Refused):
        return one
    guest = one.consulted
    if guest is None or guest.state not in (GuestState.CONSULTED, GuestState.JOINED):
        return Refused("nobody-consulted", one.id)
    if guest.kind == OUTSIDE:
        return list(end_talk(world, one, at=command.at, by="agent", cause=HANDED_OUT))
    return [_handed_over(one, guest, command.at)]


def supervise(world: World, command: Supervise, ids: IdSource) -> list[Event] | Refused:
    """The first time their phone is called; then what they do changes."""
    one = world.interaction(command.interaction)
    if one is None:
        return Refused(GONE, command.interaction)
    if one.state is not InteractionState.CONNECTED or one.medium is not Medium.VOICE:
        return Refused("not-connected", one.state.value)
    if command.mode not in MODES:
        return Refused("unknown-mode", command.mode)
    guest = _supervisor(one, command.supervisor)
    if guest is None:
        refusal = _unreachable(world, command.supervisor, one.agent)
        if refusal is not None:
            return refusal
        return [
            SupervisionStarted(
                at=command.at,
                interaction=one.id,
                guest=Guest(ids(), command.supervisor, SUPERVISOR, wanted=command.mode),
                wanted=command.mode,
            )
        ]
    if guest.state in (DOES[command.mode], GuestState.RINGING):
        return [] if guest.state is not GuestState.RINGING else Refused("ringing", guest.who)
    return [MODES[command.mode](at=command.at, interaction=one.id, guest=guest.id, who=guest.who)]


def take_over(world: World, command: TakeOver, ids: IdSource) -> list[Event] | Refused:
    """Only who is in the talk already can take it."""
    one = world.interaction(command.interaction)
    if one is None:
        return Refused(GONE, command.interaction)
    if one.state is not InteractionState.CONNECTED:
        return Refused("not-connected", one.state.value)
    guest = _supervisor(one, command.supervisor)
    if guest is None or guest.state is GuestState.RINGING:
        return Refused("not-listening", command.supervisor)
    return [_handed_over(one, guest, command.at, is_takeover=True)]


def _handed_over(one: Interaction, guest: Guest, at: float, *, is_takeover: bool = False) -> TalkHandedOver:
    offer = Offer(
        id=guest.id,
        interaction=one.id,
        agent=guest.who,
        medium=one.medium,
        offered_at=at,
        expires_at=at,
        state=OfferState.ACCEPTED,
        leg=leg_id(guest.id),
        queue=one.queue,
    )
    return TalkHandedOver(
        at=at,
        interaction=one.id,
        agent=one.agent,
        former=one.offer,
        guest=guest.id,
        offer=offer,
        is_takeover=is_takeover,
    )


def _guest(world: World, interaction: str, name: str) -> tuple[Interaction, Guest] | Refused:
    one = world.interaction(interaction)
    guest = one.guest(name) if one is not None and one.state is InteractionState.CONNECTED else None
    return (one, guest) if one is not None and guest is not None else Refused("guest-gone", name)


def _supervisor(one: Interaction, who: str) -> Guest | None:
    return next((guest for guest in one.guests if guest.kind == SUPERVISOR and guest.who == who), None)


def _unreachable(world: World, who: str, agent: str) -> Refused | None:
    found = world.agent(who)
    if found is None:
        return Refused("unknown-agent", who)
    if who == agent:
        return Refused("already-theirs", who)
    if not can_be_rung(found, world.settings.rules):
        return Refused("phone-unregistered", who)
    return Refused("agent-busy", who) if world.load(who).call else None


HANDED_OUT = "handed-over"
