"""The web side of one daemon: what its requests share.

Owns: ``Web`` (one per application) and ``web()``, the one of the current request.
Not here: how it is put together (``app``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app

from .deps import Deps
from .replies import Problem, committed

if TYPE_CHECKING:
    from eslapp.core.commands import Command
    from eslapp.core.model import Interaction

    from .accounts import Accounts
    from .board import Board
    from .channel_accounts import ChannelAccounts
    from .courtesies import Courtesies
    from .desks import Desks
    from .feed import Feed
    from .sessions import Sessions
    from .throttle import Throttle

KEY = "zongji"  # in ``app.extensions``
LIVE = "zongji-live"  # what ``server.serve`` starts and stops


@dataclass(slots=True)
class Web:
    """The shared parts; ``throttles`` by what they count."""

    app: Flask
    deps: Deps
    sessions: Sessions
    accounts: Accounts
    feed: Feed
    board: Board
    throttles: dict[str, Throttle]
    channels: ChannelAccounts
    desks: Desks
    courtesies: Courtesies
    streams: int = 0

    def wake(self, kind: type) -> None:
        """There may be work for the part of this kind that runs beside the requests."""
        for part in self.app.extensions[LIVE]:
            if isinstance(part, kind):
                part.wake()

    def show(self, signal: str, one: Interaction) -> None:
        """Show its contact what the agent does, where the channel can (``courtesies``)."""
        self.courtesies.tell(signal, one.leg, one.channel)

    def ask(self, command: Command) -> list[Any]:
        """Ask the dispatcher; committed events, or 409 with the refusal's code, 503 while it is starting."""
        try:
            outcome = self.deps.bus.submit(command)
        except RuntimeError:
            raise Problem(503, "not-ready") from None
        return committed(outcome)


def web() -> Web:
    """The parts of the application that serves the current request."""
    return current_app.extensions[KEY]
