"""``read min max prompt variable timeout terminators [digit_timeout]``: digits into a variable, one try."""

from __future__ import annotations

from eslapp.softswitch.apps.play_and_get_digits import nothing, split_words
from eslapp.softswitch.gathering import Wanted, read
from eslapp.softswitch.numbers import whole, word
from eslapp.softswitch.session import Session

NEEDS_MEDIA = True


async def run(session: Session, data: str) -> None:
    """See the module."""
    words = split_words(data)
    if not words:
        return
    words += ["1", "", ""][len(words) - 1 :]  # one digit, no prompt, no variable
    lowest, highest = (whole(each) for each in words[:2])
    timeout = word(words, 4, 1000)
    digit_timeout = word(words, 6, timeout)
    wanted = Wanted(
        min_digits=max(1, lowest),
        max_digits=max(1, highest, lowest),
        prompt=nothing(words[2]),
        variable=words[3],
        timeout_s=timeout / 1000,
        terminators=words[5] if len(words) > 5 else "none",
        digit_timeout_s=digit_timeout / 1000,
    )
    await read(session, wanted)
