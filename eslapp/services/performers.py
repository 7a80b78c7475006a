"""How effects of a flow find whoever carries them out: a table from the effect's class to a function.

Owns: what such a function is given. Not here: the functions (one file per family: ``transfers``, ``voicemails``, ...),
what a flow wants (``ivr.effects``), the few effects that every call or chat needs (``voice_calls``, ``chats``).

    performers = {effects.Transfer: transfers.perform}
    happening = performers[type(effect)](OnCall(leg, interaction, session), effect)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from eslapp.services.caller_leg import CallerLeg
from ivr.effects import Effect
from ivr.session import Session
from ivr.waits import Happening


@dataclass(frozen=True, slots=True)
class OnCall:
    """The call an effect is carried out on. ``session`` is already kept where the effect leads."""

    leg: CallerLeg
    interaction: str
    session: Session

    @property
    def language(self) -> str:
        return self.session.language


@dataclass(frozen=True, slots=True)
class OnChat:
    """The conversation an effect is carried out in, after the commit of what led to it."""

    interaction: str
    session: Session


# What comes of it, or None where the effect waits for nothing. On a call: raises ``SwitchError``s as legs do.
OnCallPerformer = Callable[[OnCall, Any], Happening | None]
OnChatPerformer = Callable[[OnChat, Any], Happening | None]
CallPerformers = Mapping[type[Effect], OnCallPerformer]
ChatPerformers = Mapping[type[Effect], OnChatPerformer]
