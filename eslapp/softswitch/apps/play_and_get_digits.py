"""``play_and_get_digits min max tries timeout terminators prompt invalid variable pattern [digit_timeout] [failure]``.

``failure`` is ``extension [dialplan [context]]`` to transfer to when every try failed. Times are milliseconds.
"""

from __future__ import annotations

import re

from eslapp.softswitch.dialplan import compiled
from eslapp.softswitch.gathering import Wanted, read
from eslapp.softswitch.numbers import whole, word
from eslapp.softswitch.playing import play
from eslapp.softswitch.session import Session

NEEDS_MEDIA = True
MAX_TRIES = 100


async def run(session: Session, data: str) -> None:
    """See the module."""
    words = split_words(data)
    if len(words) < 7:
        return
    words += [""] * (9 - len(words))  # no variable, no pattern: any digits will do
    numbers = [whole(each) for each in words[:4]]
    digit_timeout = word(words, 9, numbers[3])
    invalid, variable = nothing(words[6]), nothing(words[7])
    wanted = Wanted(
        min_digits=numbers[0],
        max_digits=max(1, numbers[1], numbers[0]),
        prompt=nothing(words[5]),
        variable=variable,
        timeout_s=numbers[3] / 1000,
        terminators=words[4],
        digit_timeout_s=digit_timeout / 1000,
    )
    for _ in range(min(max(1, numbers[2]), MAX_TRIES)):
        if await _try(session, wanted, words[8]):
            return
        if not session.is_ready:
            return
        if invalid:
            await play(session, invalid)
    if len(words) > 10 and session.is_ready:
        session.transfer(*words[10:13])


async def _try(session: Session, wanted: Wanted, pattern: str) -> bool:
    digits = await read(session, wanted)
    if not session.is_ready:
        return False
    if len(digits) < wanted.min_digits:
        return False
    regex = compiled(pattern)
    if not pattern or (regex is not None and regex.search(digits)):
        return True
    if wanted.variable and digits:
        session.variables.set(f"{wanted.variable}_invalid", digits)
        session.variables.set(wanted.variable, None)
    return False


def nothing(word: str) -> str:
    """``_`` and ``''`` stand for nothing."""
    return "" if word in ("_", "''", '""') else word


def split_words(data: str) -> list[str]:
    """Split at blanks; ``'single quotes'`` keep blanks together.

    >>> split_words("1 2 'a b' c")
    ['1', '2', 'a b', 'c']
    """
    return [quoted or plain for quoted, plain in re.findall(r"'([^']*)'|(\S+)", data)]
