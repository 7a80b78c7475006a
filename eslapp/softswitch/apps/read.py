"""``read min max prompt variable timeout terminators [digit_timeout]``: digits into a variable, one try."""

from __future__ import annotations

from eslapp.softswitch.apps.play_and_get_digits import SHORTEST_MS, nothing
from eslapp.softswitch.gathering import Wanted, read
from eslapp.softswitch.numbers import leading_number
from eslapp.softswitch.separating import separate
from eslapp.softswitch.session import Session

NEEDS_MEDIA = True


async def run(session: Session, data: str) -> None:
    """See the module; what is not given counts as nothing."""
    if not data.strip():
        return
    words = [*separate(data, limit=7), *[""] * 7][:7]
    lowest = max(1, leading_number(words[0]))
    timeout = max(SHORTEST_MS, leading_number(words[4]))
    wanted = Wanted(
        min_digits=lowest,
        max_digits=max(leading_number(words[1]), lowest),
        prompt=nothing(words[2]),
        variable=words[3],
        timeout_s=timeout / 1000,
        terminators=words[5] or "#",
        digit_timeout_s=(leading_number(words[6]) or timeout) / 1000,
    )
    await read(session, wanted)
