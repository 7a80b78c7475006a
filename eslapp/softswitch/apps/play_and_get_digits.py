"""``play_and_get_digits min max tries timeout terminators prompt invalid variable pattern [digit_timeout] [failure]``.

``failure`` is ``extension [dialplan [context]]`` to transfer to when every try failed. Times are milliseconds.
"""

from __future__ import annotations

from eslapp.softswitch.dialplan import compiled
from eslapp.softswitch.gathering import Wanted, gather
from eslapp.softswitch.numbers import leading_number
from eslapp.softswitch.playing import play
from eslapp.softswitch.separating import separate
from eslapp.softswitch.session import Session

NEEDS_MEDIA = True
MAX_TRIES = 100
SHORTEST_MS = 1_000


async def run(session: Session, data: str) -> None:
    """See the module; what is not given counts as nothing."""
    if not data.strip():
        return
    words = [*separate(data, limit=11), *[""] * 11][:11]
    lowest, highest, tries, timeout = (leading_number(each) for each in words[:4])
    timeout = max(SHORTEST_MS, timeout)
    invalid, variable, pattern = nothing(words[6]), nothing(words[7]), words[8]
    wanted = Wanted(
        min_digits=max(0, lowest),
        max_digits=max(highest, lowest, 0),
        prompt=nothing(words[5]),
        variable=variable,
        timeout_s=timeout / 1000,
        terminators=words[4] or "#",
        digit_timeout_s=(leading_number(words[9]) or timeout) / 1000,
    )
    if variable and pattern:
        session.variables.set(f"{variable}_invalid", None)
    for _ in range(min(tries if tries >= 0 else MAX_TRIES, MAX_TRIES)):
        if await _try(session, wanted, pattern):
            return
        if not session.is_ready:
            return
        if invalid:
            await play(session, invalid)
    if words[10] and session.is_ready:
        session.transfer(*separate(words[10], limit=4)[:3])


async def _try(session: Session, wanted: Wanted, pattern: str) -> bool:
    got = await gather(session, wanted)
    if got.status == "restart":
        return True
    if wanted.min_digits == 0 and not got.digits and "read_terminator_used" in session.variables:
        return True
    if not got.digits or got.status not in ("success", "timeout"):
        return False
    regex = compiled(pattern)
    if not pattern or (regex is not None and regex.search(got.digits)):
        return True
    if wanted.variable:
        session.variables.set(wanted.variable, None)
        session.variables.set(f"{wanted.variable}_invalid", got.digits)
    return False


def nothing(word: str) -> str:
    """``_`` stands for nothing."""
    return "" if word in ("_", '""') else word
