"""One door per kind of value that enters the FreeSWITCH configuration.

FreeSWITCH's preprocessor works on raw text before its XML parser sees it (``$${...}``, ``X-PRE-PROCESS``), so
escaping alone does not keep a value in its place: every value passes a strict pattern here first. Not here:
the XML (``site_xml``).

>>> extension("1001"), number("+864001234567")
('1001', '+864001234567')
"""

from __future__ import annotations

import ipaddress
import re

WELL_KNOWN_PASSWORDS = frozenset({"ClueCon", "1234", "password"})
MIN_PASSWORD = 16

_EXTENSION = re.compile(r"[0-9]{2,8}")
_NUMBER = re.compile(r"\+?[0-9*#]{1,32}")
_PASSWORD = re.compile(r"[A-Za-z0-9_~.-]{1,128}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_WORD = re.compile(r"[A-Za-z0-9._+-]{1,64}")
_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,252}:[0-9]{1,5}")
_SECRET = re.compile(r"[A-Za-z0-9!#%(),*+./:;=?@_~-]{1,128}")
_NOT_IN_A_NAME = re.compile(r"[^\w .@+()-]+")


class RenderError(ValueError):
    """A value that may not enter the configuration; the text names the value's place and the mend."""


def extension(value: str) -> str:
    """An agent's extension, e.g. ``1001``."""
    return _whole(_EXTENSION, value, f"agents: extension {value!r}", "use 2 to 8 digits")


def number(value: str) -> str:
    """A number of the site, as it is dialled."""
    return _whole(
        _NUMBER, value, f"numbers: {value!r}", "use digits, * and #, with a leading + where it is international"
    )


def language(value: str) -> str:
    """A language tag, e.g. ``zh`` or ``zh-CN``."""
    return _whole(_LANGUAGE, value, f"languages: {value!r}", "use a tag like en or zh-CN")


def password(value: str, whose: str) -> str:
    """A generated password: long, and of characters that mean nothing to any of the parsers on the way."""
    if value in WELL_KNOWN_PASSWORDS or len(value) < MIN_PASSWORD:
        raise RenderError(
            f"{whose}: the password is well known or shorter than {MIN_PASSWORD} characters; generate one"
        )
    if not _PASSWORD.fullmatch(value):
        raise RenderError(f"{whose}: the password has characters outside A-Z a-z 0-9 _ ~ . -; generate one")
    return value


def word(value: str, what: str) -> str:
    """A name, a user: letters, digits and a few signs."""
    return _whole(_WORD, value, f"{what}: {value!r}", "use letters, digits and . _ + -")


def network(value: str, what: str) -> str:
    """An address or a network."""
    try:
        return str(ipaddress.ip_network(value, strict=False))
    except ValueError:
        raise RenderError(f"{what}: {value!r} is no address or network; write 203.0.113.0/28") from None


def host_and_port(value: str, what: str) -> str:
    """Somebody else's ``host:port``."""
    return _whole(_HOST, value, f"{what}: {value!r}", "write sip.example.com:5060")


def secret(value: str, what: str) -> str:
    """A password that somebody else chose: what means something to a parser on the way is refused."""
    mend = "characters like & < > \" ' $ \\ and blanks cannot be written; have another one made"
    return _whole(_SECRET, value, f"{what} (not shown)", mend)


def display_name(value: str) -> str:
    """A person's name as a caller id: letters of any script, digits and a few signs; all else becomes a blank."""
    return " ".join(_NOT_IN_A_NAME.sub(" ", value).split())[:64]


def port(value: int, what: str) -> int:
    """A real port."""
    if not isinstance(value, int) or not 1 <= value <= 65535:
        raise RenderError(f"{what} is {value!r}; name a port from 1 to 65535")
    return value


def address(value: str, what: str) -> str:
    """One address to bind to. FreeSWITCH writes it into SIP and SDP, so "all addresses" cannot work."""
    try:
        parsed = ipaddress.ip_address(value)
    except ValueError:
        raise RenderError(f"{what} is {value!r}; name one IP address of this machine") from None
    if parsed.is_unspecified or parsed.is_multicast:
        raise RenderError(f"{what} is {value}; name the one address that phones reach this machine by")
    return str(parsed)


def _whole(pattern: re.Pattern[str], value: str, what: str, mend: str) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise RenderError(f"{what} cannot be written into FreeSWITCH's configuration; {mend}")
    return value
