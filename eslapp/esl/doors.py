"""The doors: one function per kind of argument. What comes out cannot be anything but that one argument.

Owns: what a number, a leg, a path, a variable, a cause ... may look like. Two kinds of door: the strict ones raise
``CommandError`` naming the argument; ``shown_name`` and ``shown_number`` CLEAN text of strangers, because a call must
not fail over an apostrophe in a display name.
Not here: command lines (``commands``).

FreeSWITCH expands ``${...}`` in any argument (``${system ...}`` runs a shell), splits at blanks and commas, and takes
single quotes as grouping: so the alphabets below leave those characters out instead of trying to escape them.

>>> number("+8613800138000")
'+8613800138000'
>>> shown_name("Bob',x=${system id}")
'Bob x system id'
"""

from __future__ import annotations

import re

_NUMBER = re.compile(r"\+?[0-9*#]{1,32}", re.ASCII)
_LEG = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|[0-9A-Fa-f]{32}", re.ASCII)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}", re.ASCII)
_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?", re.ASCII)
_CAUSE = re.compile(r"[A-Z][A-Z_]{2,48}", re.ASCII)
_VALUE = re.compile(r"[\w.@+*#][\w .@+*#-]{0,1023}|")
_PATH = re.compile(r"/[\w .@+/-]{1,1022}")
_STREAM = re.compile(
    r"silence_stream://-?[0-9]{1,9}|tone_stream://%\([0-9]{1,6},[0-9]{1,6}(?:,[0-9]{1,5}){1,3}\)"
    r"|local_stream://[a-z][a-z0-9_]{0,31}",
    re.ASCII,
)
_KEYS = re.compile(r"[0-9*#A-D]{1,16}", re.ASCII)
_PATTERN = re.compile(r"\^?(?:[0-9*#,|()\[\]?+{}.-]|\\d){0,120}\$?", re.ASCII)
_UPPER_CASE_NAMES = frozenset(
    {"RECORD_STEREO", "RECORD_TITLE", "RECORD_ANSWER_REQ", "RECORD_MIN_SEC", "sip_h_X-Zongji-Test"}
)


class CommandError(ValueError):
    """An argument that must not reach the switch. The text names the argument and what it may hold."""


def _fits(pattern: re.Pattern[str], value: object, argument: str, allowed: str) -> str:
    if isinstance(value, str) and pattern.fullmatch(value):
        return value
    shown = repr(value) if len(repr(value)) <= 60 else repr(value)[:57] + "..."
    raise CommandError(f"{argument}: {shown} is refused; allowed is {allowed}")


def number(value: str, argument: str = "number") -> str:
    """A telephone number as dialled."""
    return _fits(_NUMBER, value, argument, "an optional + and up to 32 of 0-9 * #")


def leg(value: str, argument: str = "leg") -> str:
    """The uuid of a leg (or a job): with dashes, or 32 hex digits."""
    return _fits(_LEG, value, argument, "a uuid")


def variable_name(value: str, argument: str = "variable") -> str:
    """The name of a channel variable."""
    if value in _UPPER_CASE_NAMES:
        return value
    return _fits(_NAME, value, argument, "a-z, then up to 63 of a-z 0-9 _")


def variable_value(value: str, argument: str = "value") -> str:
    """The value of a channel variable. Anything richer travels as base64url."""
    plain = _fits(
        _VALUE, value, argument, "letters, digits, blanks and . @ + * # - _ (not starting with a - or a blank)"
    )
    return _no_odd_ends(plain, argument)


def path(value: str, argument: str = "path") -> str:
    """An absolute file name, without ``..``. Blanks are allowed, quotes and ``$`` are not."""
    plain = _fits(_PATH, value, argument, "an absolute path of letters, digits, blanks and . _ - + @ /")
    if ".." in plain.split("/") or plain.endswith("/"):
        raise CommandError(f"{argument}: {value!r} is refused; allowed is a file, without '..'")
    return _no_odd_ends(plain, argument)


def _no_odd_ends(value: str, argument: str) -> str:
    if value != value.strip() or "  " in value:
        raise CommandError(f"{argument}: {value!r} is refused; blanks may only stand singly and inside")
    return value


def sound(value: str, argument: str = "sound") -> str:
    """Something to be heard: a file, or one of the switch's own streams (silence, a tone, hold music)."""
    if isinstance(value, str) and _STREAM.fullmatch(value):
        return value
    return path(value, argument)


def word(value: str, argument: str = "word") -> str:
    """An extension, a context, a dialplan name."""
    return _fits(_WORD, value, argument, "letters, digits and _ . - (63 at most)")


def domain(value: str, argument: str = "domain") -> str:
    """A host name or an IPv4 address."""
    return _fits(_DOMAIN, value, argument, "a host name or an IPv4 address")


def host_port(value: str, argument: str = "server") -> str:
    """A host and a port."""
    host, colon, port = value.rpartition(":") if isinstance(value, str) else ("", "", "")
    if not colon or not re.fullmatch(r"[0-9]{1,5}", port, re.ASCII) or not 0 < int(port) < 65536:
        raise CommandError(f"{argument}: {value!r} is refused; allowed is HOST:PORT")
    return f"{domain(host, argument)}:{port}"


def cause(value: str, argument: str = "cause") -> str:
    """A hang-up cause by FreeSWITCH's name."""
    return _fits(_CAUSE, value, argument, "a cause like NORMAL_CLEARING")


def keys(value: str, argument: str = "keys") -> str:
    """Telephone keys, ``""`` for none."""
    return value if value == "" else _fits(_KEYS, value, argument, "up to 16 of 0-9 * # A-D")


def pattern(value: str, argument: str = "pattern") -> str:
    """A regular expression over telephone keys, anchored at both ends on the way out."""
    plain = _fits(_PATTERN, value, argument, r"keys, \d and ( ) [ ] { } | ? + . , - with ^ first and $ last")
    try:
        re.compile(plain)
    except re.error as error:
        raise CommandError(f"{argument}: {value!r} is refused; {error}") from None
    return "^(?:" + plain.removeprefix("^").removesuffix("$") + ")$"


def whole(value: int, low: int, high: int, argument: str) -> str:
    """A whole number within bounds."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise CommandError(f"{argument}: {value!r} is refused; allowed is a whole number from {low} to {high}")
    return str(value)


def milliseconds(seconds: float, argument: str, high_s: float = 3600.0) -> str:
    """A duration given in seconds, as the switch wants it."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= high_s:
        raise CommandError(f"{argument}: {seconds!r} is refused; allowed are 0 to {high_s:g} seconds")
    return str(round(seconds * 1000))


def shown_name(value: str) -> str:
    """A display name made harmless: other characters become blanks, 64 characters at most, perhaps ``""``."""
    clean = re.sub(r"[^\w.@+-]+", " ", value if isinstance(value, str) else "")
    return clean.lstrip(" -")[:64].strip()


def shown_number(value: str) -> str:
    """A caller's number made harmless: what is no number or plain SIP user becomes ``anonymous``."""
    if isinstance(value, str) and (_NUMBER.fullmatch(value) or _WORD.fullmatch(value)):
        return value
    return "anonymous"


def line(value: str, argument: str = "command") -> str:
    """Any finished command line: the last door, right before the socket. One line, and not an empty one."""
    if not isinstance(value, str) or not value.strip() or len(value) > 65_536:
        raise CommandError(f"{argument}: a command is one line of 1 to 65,536 characters")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise CommandError(f"{argument}: {value[:40]!r} is refused; it holds half a character") from None
    if any(character in value for character in "\r\n\0"):
        raise CommandError(f"{argument}: {value[:40]!r} is refused; it holds a line break or NUL")
    return value
