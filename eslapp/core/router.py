"""The router: ``decide(world, command) -> events or Refused``; ``evolve(world, event) -> world`` is in ``world``.

Pure: time comes in the command, ids from the injected source. The same commands on the same world give the same
decisions, which is what replay and what-if stand on. Not here: rows, timers, the bus (the dispatcher).

>>> from eslapp.core.settings import Settings
>>> from eslapp.core.world import build
>>> Router(lambda: "x").decide(build(Settings()), c.SetPhone(at=1.0, agent="nobody", registered=True))
Refused(code='unknown-agent', detail='nobody')
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import commands as c
from .commands import Command, Refused
from .decisions import (
    agents,
    announcing,
    callbacks,
    calling_out,
    consulting,
    handing,
    offers,
    overflowing,
    participants,
    queueing,
    talking,
    wanting,
)
from .events import Event
from .ids import IdSource
from .matching import match_waiting
from .world import World

Decision = Callable[[World, Any, IdSource], list[Event] | Refused]


def _route(world: World, command: c.RouteWaiting, ids: IdSource) -> list[Event] | Refused:
    return match_waiting(world, command.at, ids)


DECISIONS: dict[type[Command], Decision] = {
    c.OpenInteraction: queueing.open_interaction,
    c.EnqueueInteraction: queueing.enqueue,
    c.TurnAway: overflowing.turn_away,
    c.SetOpening: overflowing.set_opening,
    c.ReviewQueue: overflowing.review,
    c.ExpireWait: overflowing.expire_wait,
    c.RelaxSkills: queueing.relax,
    c.LinkInteraction: queueing.link,
    c.EndHold: queueing.end_hold,
    c.EndReplyWindow: queueing.end_reply_window,
    c.RenewReplyWindow: queueing.renew_reply_window,
    c.AnnounceWait: announcing.announce,
    c.AnnouncePlace: announcing.announce_place,
    c.LeaveQueue: queueing.leave,
    c.CloseInteraction: queueing.close,
    c.RequestCallback: callbacks.request,
    c.StartCallback: callbacks.start,
    c.DialContact: callbacks.dial,
    c.MissContact: callbacks.miss,
    c.SetPresence: agents.set_presence,
    c.SetPhone: agents.set_phone,
    c.TestPhone: agents.test_phone,
    c.EndPhoneTest: agents.end_phone_test,
    c.AcceptOffer: offers.accept,
    c.DeclineOffer: offers.decline,
    c.ExpireOffer: offers.expire,
    c.RescindOffer: offers.rescind,
    c.ConnectInteraction: talking.connect,
    c.EndTalk: talking.end,
    c.FinishWrapUp: talking.finish_wrap_up,
    c.ExtendWrapUp: talking.extend_wrap_up,
    c.ExpireWrapUp: talking.expire_wrap_up,
    c.HoldContact: handing.hold,
    c.ResumeContact: handing.resume,
    c.TransferInteraction: handing.transfer,
    c.StartConsult: consulting.consult,
    c.AnswerGuest: consulting.answer,
    c.DismissGuest: consulting.dismiss,
    c.StartThreeWay: consulting.three_way,
    c.CompleteTransfer: consulting.complete,
    c.Supervise: consulting.supervise,
    c.TakeOver: consulting.take_over,
    c.InviteParticipant: participants.invite,
    c.LeaveConversation: participants.leave,
    c.CallContact: calling_out.call_contact,
    c.RouteWaiting: _route,
}


class Router:
    """Answers commands. Holds nothing but the source of ids."""

    def __init__(self, ids: IdSource) -> None:
        self._ids = ids

    def decide(self, world: World, command: Command) -> list[Event] | Refused:
        """What happens because of the command; nothing has changed yet."""
        decided = DECISIONS[type(command)](world, command, self._ids)
        if isinstance(decided, Refused):
            return decided
        decided = [*decided, *callbacks.promised_in(world, decided, self._ids)]
        decided = [*decided, *agents.whose_work_is_done(world, decided)]
        return [*decided, *wanting.holds_in_vain(world, decided)]
