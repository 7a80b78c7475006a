"""Digits from a caller: a prompt that the first digit stops, then waiting for the rest.

Owns: FreeSWITCH's ``switch_ivr_read`` with its variables. Not here: tries and patterns (``apps/play_and_get_digits``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from eslapp.softswitch.playing import play
from eslapp.softswitch.waiting import wait

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session

MAX_DIGITS = 128


@dataclass(frozen=True)
class Wanted:
    """What to read; times in seconds."""

    min_digits: int
    max_digits: int
    prompt: str
    variable: str
    timeout_s: float
    terminators: str
    digit_timeout_s: float


class Collected:
    """The digits so far, and what ended them."""

    def __init__(self, wanted: Wanted) -> None:
        self.digits = ""
        self.terminator = ""
        self._wanted = wanted

    def take(self, digit: str) -> bool:
        """One more; True when nothing more is waited for."""
        terminators = self._wanted.terminators
        if terminators.lower() == "any" or (terminators.lower() != "none" and digit in terminators):
            self.terminator = digit
        else:
            self.digits += digit
        return self.is_complete

    @property
    def is_complete(self) -> bool:
        """A terminator came, or there are enough digits."""
        return bool(self.terminator) or len(self.digits) >= self._wanted.max_digits


async def read(session: Session, wanted: Wanted) -> str:
    """The digits (also too few of them); ``read_result`` says success, timeout (enough, but not ended) or failure."""
    variables = session.variables
    variables.set("read_result", None)
    if wanted.variable:
        variables.set(wanted.variable, None)
    collected = Collected(wanted)

    def first(digit: str) -> bool:
        collected.take(digit)
        return True

    if wanted.prompt:
        await play(session, wanted.prompt, first)
    while session.is_ready and not collected.is_complete:
        timeout = wanted.digit_timeout_s if collected.digits else wanted.timeout_s
        before = len(collected.digits)
        result = await wait(session, timeout_s=timeout, on_digit=lambda digit: collected.take(digit) or True)
        if not result.is_by_digit or len(collected.digits) == before:
            break
    if collected.terminator:
        variables.set("read_terminator_used", collected.terminator)
    digits = collected.digits[:MAX_DIGITS]
    is_enough = len(digits) >= wanted.min_digits and session.is_ready
    variables.set("read_result", ("success" if collected.is_complete else "timeout") if is_enough else "failure")
    if wanted.variable and digits:
        variables.set(wanted.variable, digits)
    return digits
