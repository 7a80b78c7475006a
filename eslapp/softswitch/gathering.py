"""Digits from a caller: a prompt that the first digit stops, then waiting for the rest.

Owns: FreeSWITCH's ``switch_ivr_read`` with its variables and terminators (``=#``: one must come; ``+#``: it is kept;
``x#``: kept, and taken whatever the digits). Not here: tries and patterns (``apps/play_and_get_digits``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from eslapp.softswitch.playing import play
from eslapp.softswitch.waiting import wait

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session

MAX_DIGITS = 128
NO_PROMPT = ("", "silence")


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
    needs_prompt: bool = True  # where it cannot be played, nothing is read


@dataclass(frozen=True)
class Got:
    """``status``: success, timeout (enough, but not ended), failure, restart (an ``x`` terminator), "": no prompt."""

    digits: str
    status: str


class Collected:
    """The digits so far, and what ended them."""

    def __init__(self, wanted: Wanted) -> None:
        self.digits = ""
        self.terminator = ""
        self._wanted = wanted

    def take(self, digit: str) -> bool:
        """One more; True when nothing more is waited for."""
        if digit in self._wanted.terminators:
            self.terminator = digit
        else:
            self.digits += digit
        return self.is_complete

    @property
    def is_complete(self) -> bool:
        """A terminator came, or there are enough digits."""
        return bool(self.terminator) or len(self.digits) >= self._wanted.max_digits

    @property
    def sign(self) -> str:
        """What stands before the terminator that came: ``+``, ``x`` or anything."""
        at = self._wanted.terminators.find(self.terminator) if self.terminator else 0
        return self._wanted.terminators[at - 1] if at > 0 else ""


async def read(session: Session, wanted: Wanted) -> str:
    """The digits, also too few of them."""
    return (await gather(session, wanted)).digits


async def gather(session: Session, wanted: Wanted) -> Got:
    """One try. ``read_result`` says how it ended, but where the prompt cannot be played."""
    variables = session.variables
    variables.set("read_result", None)
    if wanted.variable:
        variables.set(wanted.variable, None)
    if wanted.max_digits > MAX_DIGITS:
        return Got("", "")
    collected = Collected(wanted)

    def first(digit: str) -> bool:
        collected.take(digit)
        return True

    has_prompt = True
    if wanted.prompt.lower() not in NO_PROMPT:
        has_prompt = (await play(session, wanted.prompt, first)).response != "FILE NOT FOUND"
    status = await _collect(session, wanted, collected) if has_prompt or not wanted.needs_prompt else ""
    digits = collected.digits
    if wanted.max_digits == 1 and len(digits) == 1 and digits in wanted.terminators and status != "restart":
        digits = ""
    if wanted.variable and digits:
        variables.set(wanted.variable, digits)
    return Got(digits, status)


async def _collect(session: Session, wanted: Wanted, collected: Collected) -> str:
    """What comes after the prompt; the status. Who hangs up while more is waited for has said what he said."""
    has_begun = session.is_ready
    while session.is_ready and not collected.is_complete:
        timeout = wanted.digit_timeout_s if collected.digits else wanted.timeout_s
        before = len(collected.digits)
        result = await wait(session, timeout_s=timeout, on_digit=lambda digit: collected.take(digit) or True)
        if not result.is_by_digit or len(collected.digits) == before:
            break
    status = "success" if collected.is_complete else "timeout"
    if collected.terminator:
        session.variables.set("read_terminator_used", collected.terminator)
        if collected.sign in ("+", "x"):
            collected.digits += collected.terminator
            status = "restart" if collected.sign == "x" else status
    elif wanted.terminators.startswith("="):
        status = "failure"
    if not session.is_ready:
        status = "success" if has_begun and status != "failure" else "failure"
    if len(collected.digits) < wanted.min_digits:
        status = "failure"
    session.variables.set("read_result", "failure" if status == "restart" else status)
    return status
