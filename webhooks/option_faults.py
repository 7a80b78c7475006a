"""What is wrong with a channel's option, in words a person can act on: what it says, what it must be, how to mend it.

Owns: pydantic's findings as sentences of ours, which have their Chinese in ``ivr.chinese_channels``. Of a secret we
show only how long it is. Not here: where the value comes from (``channel_accounts``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .channels.base import Channel

SHAPES = {  # by the pattern of an option
    r"^wx[0-9a-zA-Z]{10,32}$": "wx and 16 letters or digits",
    r"^(ww|wx)[0-9a-zA-Z]{10,40}$": "ww and 16 letters or digits",
    r"^[A-Za-z0-9]{3,32}$": "3 to 32 letters or digits",
    r"^[A-Za-z0-9]{43}$": "43 letters or digits",
    r"^([A-Za-z0-9]{43})?$": "43 letters or digits",
    r"^[A-Za-z0-9_-]{1,64}$": "letters, digits, _ and -",
    r"^(.{8,})?$": "at least 8 characters",
    r"^[0-9]*$": "digits alone",
    r"^[0-9]{5,20}$": "5 to 20 digits",
    r"^AC[0-9a-fA-F]{32}$": "AC and 32 hexadecimal digits",
    r"^(MG[0-9a-fA-F]{32})?$": "MG and 32 hexadecimal digits",
    r"^\+[1-9][0-9]{5,14}$": "a number with its country: +14155550100",
    r"^[0-9]+:[A-Za-z0-9_-]{20,}$": "the number, the colon and the letters that @BotFather gave",
    r"^[A-Za-z0-9_-]{16,256}$": "16 to 256 letters, digits, _ and -",
    r"^(https?://\S+)?$": "an address that begins with https://",
    r"^[^@\s<>]{1,64}@[A-Za-z0-9.-]{1,190}$": "a mail address: service@shop.example.com",
    r"^[A-Za-z0-9.:-]{1,253}$": "a host, or host:port",
    r"^[A-Za-z0-9.:-]{0,253}$": "a host, or host:port",
    r"^(udp|tcp|tls)$": "udp, tcp or tls",
}
Fault = tuple[str, str]  # what, mend ("": the documentation)


def of_option(channel: Channel, key: str, error: Mapping[str, Any]) -> Fault:
    """``error`` is one of pydantic's ``ValidationError.errors()``; ``key`` where it stands."""
    top = key.partition(".")[0]
    kind, given, limits = error["type"], error.get("input"), error.get("ctx", {})
    shown = _shown(given, is_secret=top in channel.Options.SECRETS)
    if kind == "missing":
        example = channel.EXAMPLE_OPTIONS.get(key)
        return "is missing", f"write {key}: {example}" if example is not None else ""
    if kind == "value_error":
        return str(limits.get("error", error["msg"])), ""
    if kind == "string_type" and isinstance(given, int | float):
        return "is a number", f"write it in quotes: {key}: '{given}'"
    return _what(kind, shown, limits, str(error["msg"])), ""


def _what(kind: str, shown: str, limits: Mapping[str, Any], otherwise: str) -> str:
    if kind == "string_pattern_mismatch":
        pattern = str(limits.get("pattern", ""))
        return f"{shown} is not what it must be: {SHAPES.get(pattern, pattern)}"
    if kind in ("string_too_short", "too_short"):
        least = limits.get("min_length")
        return "is empty" if least == 1 else f"{shown} is too short: at least {least} characters"
    if kind == "literal_error":
        return f"{shown} is not what it must be: {limits.get('expected')}"
    if kind in ("int_parsing", "int_type", "int_from_float"):
        return f"{shown} is no whole number"
    if "ge" in limits:
        return f"{shown} is too small: at least {limits['ge']}"
    if "le" in limits:
        return f"{shown} is too large: at most {limits['le']}"
    if kind.endswith("_type"):
        return f"{shown} is not what it must be: a {kind.removesuffix('_type')}"
    return otherwise[:1].lower() + otherwise[1:]


def _shown(given: Any, *, is_secret: bool) -> str:
    if is_secret:
        return f"the value of {len(str(given))} characters"
    return repr(given)[:80]
