"""What people do within a talk, by seeded chance: hold, ask a colleague, talk in three, hand on, listen, invite.

Owns: when and what; most of it may be refused, as in life. Not here: how a talk begins and ends (``day``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from eslapp.core import commands as c
from eslapp.core import events as e
from eslapp.core.model import Medium, Outcome
from eslapp.core.world import World

from .people import People

OUTSIDE = "13900139000"
ANSWER_S = 3.0
OUTSIDE_S = 30.0


class Living(Protocol):
    """What is needed of a day."""

    @property
    def world(self) -> World: ...
    def ask(self, command: c.Command) -> Any: ...
    def now(self) -> float: ...
    def later(self, seconds: float, act: Callable[[], object]) -> None: ...


def within(day: Living, people: People, event: e.InteractionConnected, talk_s: float) -> None:
    """Plan what happens in the talk that begins with ``event``."""
    name, agent, does = event.interaction, event.agent, people.faults
    one = day.world.interactions[name]
    is_call = one.medium is Medium.VOICE
    if is_call and people.happens(does.holds, name, "hold"):
        _at(day, talk_s * 0.2, c.HoldContact, interaction=name, agent=agent)
        _at(day, talk_s * 0.3, c.ResumeContact, interaction=name, agent=agent)
    if is_call and people.happens(does.supervised, name, "supervised"):
        day.later(talk_s * 0.1, lambda: _supervise(day, people, name, agent))
    if is_call and people.happens(does.consults, name, "consult"):
        day.later(talk_s * 0.4, lambda: _consult(day, people, name, agent))
    if not is_call and people.happens(does.consults, name, "invite"):
        guest = _colleague(day, people, name, agent)
        _at(day, talk_s * 0.3, c.InviteParticipant, interaction=name, agent=agent, target=guest)
        _at(day, talk_s * 0.7, c.LeaveConversation, interaction=name, participant=guest)
    if people.happens(does.transfers, name, agent, "transfer"):
        day.later(talk_s * 0.6, lambda: _transfer(day, people, name, agent))


def _supervise(day: Living, people: People, name: str, agent: str) -> None:
    boss, chance = _colleague(day, people, name, agent), people.chance(name, "boss")
    asked = day.ask(c.Supervise(at=day.now(), interaction=name, supervisor=boss, mode="listen"))
    if isinstance(asked, c.Refused) or not asked:
        return
    guest = asked[0].guest.id
    _at(day, ANSWER_S, c.AnswerGuest, interaction=name, guest=guest, mode="listen")
    _at(day, ANSWER_S + 2, c.Supervise, interaction=name, supervisor=boss, mode=chance.choice(("whisper", "barge")))
    if chance.random() < 0.3:
        _at(day, ANSWER_S + 4, c.TakeOver, interaction=name, supervisor=boss)
    else:
        _at(day, ANSWER_S + 6, c.DismissGuest, interaction=name, guest=guest, reason="hung-up")


def _consult(day: Living, people: People, name: str, agent: str) -> None:
    chance = people.chance(name, "consulted")
    kind = chance.choice(("agent", "agent", "outside"))
    target = OUTSIDE if kind == "outside" else _colleague(day, people, name, agent)
    asked = day.ask(c.StartConsult(at=day.now(), interaction=name, agent=agent, kind=kind, target=target))
    if isinstance(asked, c.Refused):
        return
    guest = asked[0].guest.id
    if chance.random() < 0.3:
        _at(day, ANSWER_S, c.DismissGuest, interaction=name, guest=guest, reason="no-answer")
        _at(day, ANSWER_S + 2, c.ResumeContact, interaction=name, agent=agent)
        return
    _at(day, ANSWER_S, c.AnswerGuest, interaction=name, guest=guest)
    if chance.random() < 0.5:
        _at(day, ANSWER_S + 3, c.StartThreeWay, interaction=name, agent=agent)
    ends = chance.choice((c.CompleteTransfer, c.CompleteTransfer, c.ResumeContact))
    _at(day, ANSWER_S + 6, ends, interaction=name, agent=agent)
    _at(day, ANSWER_S + 9, c.DismissGuest, interaction=name, guest=guest, reason="hung-up")


def _transfer(day: Living, people: People, name: str, agent: str) -> None:
    chance = people.chance(name, agent, "to")
    kind = chance.choice(("queue", "queue", "agent", "outside"))
    targets = {
        "queue": sorted(day.world.settings.queues),
        "agent": sorted(day.world.settings.agents),
        "outside": [OUTSIDE],
    }
    target = chance.choice(targets[kind])
    asked = day.ask(c.TransferInteraction(at=day.now(), interaction=name, agent=agent, kind=kind, target=target))
    if kind == "outside" and not isinstance(asked, c.Refused):
        _at(day, OUTSIDE_S, c.CloseInteraction, interaction=name, outcome=Outcome.OVERFLOWED)


def _colleague(day: Living, people: People, name: str, agent: str) -> str:
    others = sorted(day.world.settings.agents.keys() - {agent})
    return people.chance(name, "colleague").choice(others or [agent])


def _at(day: Living, after_s: float, kind: Callable[..., c.Command], **fields: Any) -> None:
    day.later(after_s, lambda: day.ask(kind(at=day.now(), **fields)))
