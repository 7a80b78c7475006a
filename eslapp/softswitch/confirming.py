"""Who answers must say that it is a person: ``group_confirm_key`` with its sounds, before a dialed leg counts as
answered.

``group_confirm_key=5`` plays ``group_confirm_file`` until that key is pressed; ``exec`` runs the application that
``group_confirm_file`` names instead. Not here: dialing (``originate.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eslapp.softswitch.gathering import Wanted, read
from eslapp.softswitch.numbers import is_whole, leading_number
from eslapp.softswitch.playing import play

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session

READ_MS = 5_000
SPENT = ("key", "file", "error_file", "cancel_timeout", "read_timeout")


def is_wanted(session: Session) -> bool:
    """Whether this leg has to be confirmed, or was."""
    return bool(session.confirmation or session.variables.text("group_confirm_key"))


def limit_s(session: Session, present_s: float, now_s: float) -> float:
    """When the ringing of an answered leg ends (the loop's clock): ``group_confirm_timeout`` from now; 0: never."""
    text = session.variables.text("group_confirm_timeout")
    if is_whole(text):
        return now_s + int(text) if int(text) else float("inf")
    return float("inf") if session.variables.is_true("group_confirm_cancel_timeout") else present_s


def begin(session: Session) -> None:
    """Ask in the leg's own task."""
    session.confirmation = "asked"
    session.errand = lambda: _ask(session)
    session.ring_bell()


async def _ask(session: Session) -> None:
    from eslapp.softswitch.execute import execute

    variables = session.variables
    key, file = variables.text("group_confirm_key"), variables.text("group_confirm_file")
    if key.lower() == "exec":
        name, _, data = file.partition(" ")
        await execute(session, name, data)
        if session.is_up:
            _confirmed(session)
        return
    seconds = (leading_number(variables.text("group_confirm_read_timeout")) or READ_MS) / 1000
    while session.is_ready:
        if await read(session, Wanted(len(key), len(key), file or "silence", "", seconds, "", seconds)) == key:
            _confirmed(session)
            return
        if not session.is_up:
            variables.set("read_result", None)
        elif variables.text("group_confirm_error_file"):
            await play(session, variables.text("group_confirm_error_file"))


def _confirmed(session: Session) -> None:
    session.confirmation = "given"
    session.variables.set("group_dial_status", "winner")
    for name in SPENT:
        session.variables.set(f"group_confirm_{name}", None)
    if session.dialer is not None:
        session.dialer()
