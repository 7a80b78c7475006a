"""``uuid_answer``, ``uuid_pre_answer``, ``uuid_ring_ready``: progress of an inbound leg."""

from __future__ import annotations

from collections.abc import Callable

from eslapp.softswitch import legs
from eslapp.softswitch.api import ApiCall, Command
from eslapp.softswitch.session import Session


def _command(do: Callable[[Session], None], usage: str) -> Command:
    async def run(call: ApiCall) -> str:
        if not call.text:
            return usage
        session = call.session(call.words()[0])
        if session is None:
            return "-ERROR\n"
        do(session)
        return "+OK\n"

    return run


COMMANDS = {
    "uuid_answer": _command(legs.answer, "-ERROR\n"),
    "uuid_pre_answer": _command(legs.open_early_media, "-ERROR\n"),
    "uuid_ring_ready": _command(legs.ring, "-USAGE: <uuid> [queued]\n"),
}
