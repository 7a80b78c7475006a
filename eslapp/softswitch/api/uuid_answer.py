"""``uuid_answer``, ``uuid_pre_answer``, ``uuid_ring_ready``: progress of an inbound leg."""

from __future__ import annotations

from eslapp.softswitch import legs
from eslapp.softswitch.api import ApiCall

FAILED = "-ERROR\n"


async def answer(call: ApiCall) -> str:
    """``<uuid>`` and nothing else."""
    session = call.session(call.text)
    if session is None:
        return FAILED
    legs.answer(session)
    return "+OK\n"


async def pre_answer(call: ApiCall) -> str:
    """The same."""
    session = call.session(call.text)
    if session is None:
        return FAILED
    legs.open_early_media(session)
    return "+OK\n"


async def ring_ready(call: ApiCall) -> str:
    """``<uuid> [queued]``."""
    words = call.words(2)
    if not words or (len(words) > 1 and words[1].lower() != "queued"):
        return "-USAGE: <uuid> [queued]\n"
    session = call.session(words[0])
    if session is None:
        return FAILED
    legs.ring(session)
    return "+OK\n"


COMMANDS = {"uuid_answer": answer, "uuid_pre_answer": pre_answer, "uuid_ring_ready": ring_ready}
