"""What may be asked about agents and their phones; a part of ``commands``."""

from __future__ import annotations

from dataclasses import dataclass

from .command import Command
from .model import PhoneTest, Presence


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPresence(Command):
    agent: str
    presence: Presence
    reason: str = ""
    after_work: bool = False  # not before the present work is done


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPhone(Command):
    agent: str
    registered: bool
    contact: str = ""  # where; another one than before has to be tested anew


@dataclass(frozen=True, slots=True, kw_only=True)
class TestPhone(Command):
    """Ring the agent's phone, to see whether they hear it and are heard."""

    __test__ = False  # not a class of tests

    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndPhoneTest(Command):
    """``result``: what came of it; UNTESTED where that cannot be said (the switch failed)."""

    agent: str
    result: PhoneTest
