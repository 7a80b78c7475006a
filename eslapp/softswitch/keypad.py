"""Digits as the API writes them: ``12w3@200``, sent to a phone or received as if pressed.

>>> parse_digits("1w2@200")
([('1', 200), ('w', 500), ('2', 200)], True)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eslapp.softswitch.numbers import whole

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session

PAUSES = {"w": 500, "W": 1000}
DIGITS = "0123456789*#ABCDabcdFf"
DEFAULT_MS = 250  # FreeSWITCH's 2,000 samples
MAX_DIGITS = 100


def parse_digits(text: str) -> tuple[list[tuple[str, int]], bool]:
    """(digit or pause, its milliseconds) and whether all was understood."""
    digits, _, duration = text.strip().partition("@")
    length = whole(duration, DEFAULT_MS)
    parsed = [
        (letter, PAUSES.get(letter) or max(50, min(length, 8_000)))
        for letter in digits[:MAX_DIGITS]
        if letter in DIGITS or letter in PAUSES
    ]
    return parsed, len(parsed) == len(digits) and bool(parsed)


def send_digits(session: Session, text: str, *, is_told: bool = True) -> bool:
    """Queue digits towards the phone; False when there was nothing to send or nobody to hear it."""
    parsed, _ = parse_digits(text)
    if session.port is None or not session.is_media_ready or not parsed:
        return False
    for digit, length in parsed:
        if digit in DIGITS[:20]:
            session.port.send_digit(digit.upper(), length)
            if is_told:
                session.variables.set("last_dtmf_duration", str(length * 8))
    return True


def receive_digits(session: Session, text: str) -> bool:
    """As if the phone had pressed them."""
    parsed, _ = parse_digits(text)
    partner = session.port.bridged_to if session.port is not None else None
    for digit, length in parsed:
        is_taken = session.take_digit(digit, length * 8, "APP")
        if partner is not None and not is_taken and digit not in PAUSES:
            partner.send_digit(digit.upper(), length)
    return bool(parsed)
