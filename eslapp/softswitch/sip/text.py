"""Text taken from and put into SIP headers: tokens, quoting, lists, parameters (RFC 3261 25.1).

Bytes that are not UTF-8 live as surrogates inside a message, so that what is echoed is the same bytes; ``clean``
makes text for everybody else. Not here: URIs and addresses (``uri.py``), whole messages (``message.py``).

>>> split_list('"a, b" <sip:x@y>, <sip:z@y;p=",">')
['"a, b" <sip:x@y>', '<sip:z@y;p=",">']
"""

from __future__ import annotations

import re

TOKEN = r"[A-Za-z0-9\-.!%*_+`'~]+"
_TOKEN = re.compile(TOKEN)
_PARAM = re.compile(rf';[ \t]*({TOKEN})(?:[ \t]*=[ \t]*("(?:[^"\\]|\\.)*"|[^\s;,"<>]+))?[ \t]*', re.DOTALL)
# No possessive groups, only possessive characters: before Python 3.11.5 (Debian 12) the former match too much.
_ELEMENT = re.compile(r'((?:[^,"<]++|"(?:[^"\\]|\\.)*"|<[^>]*+>)*)(,|$)', re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_UNSAFE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)
_INTEGER = re.compile(r"[0-9]{1,10}")


class BadText(ValueError):
    """A header value that is not what its grammar says; the message names the place."""


def clean(text: str, limit: int = 1024) -> str:
    """Text safe to show, log and put into an event: no controls, no surrogates, bounded.

    >>> clean('Jos\\udce9\\r\\nX: y')
    'José  X: y'
    """
    text = text[:limit]
    if text.isascii() and text.isprintable():
        return text
    if _SURROGATE.search(text):
        text = text.encode("utf-8", "surrogateescape").decode("latin-1")
    return _CONTROL.sub(" ", text)


def is_token(text: str) -> bool:
    """A method, a header name, a parameter name."""
    return _TOKEN.fullmatch(text) is not None


def is_header_safe(text: str) -> bool:
    """No line end and no control character: it can stand in a header we send."""
    return _UNSAFE.search(text) is None


def quote(text: str) -> str:
    """A quoted-string of any text; controls become blanks.

    >>> quote('say "hi"')
    '"say \\\\"hi\\\\""'
    """
    escaped = _CONTROL.sub(" ", text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def unquote(text: str) -> str:
    """The content of a quoted-string; anything else as it stands."""
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return _QUOTED_PAIR.sub(r"\1", text[1:-1])
    return text


def integer(text: str, top: int, what: str) -> int:
    """Digits between 0 and ``top``; BadText otherwise (RFC 4475 3.1.2.4: over-range scalars)."""
    text = text.strip()
    if not _INTEGER.fullmatch(text) or int(text) > top:
        raise BadText(f"{what} is not a number up to {top}")
    return int(text)


def split_list(text: str) -> list[str]:
    """The elements of a comma-separated header; commas in quotes and in <> are text. BadText for an open one."""
    if "," not in text:
        return [text.strip()]
    parts, position = [], 0
    while True:
        match = _ELEMENT.match(text, position)
        if match is None:
            raise BadText("a quote or bracket is not closed")
        parts.append(match[1].strip())
        position = match.end()
        if not match[2]:
            return parts


def parse_params(text: str) -> dict[str, str]:
    """``;a=b;c="d"`` as a dict with lower-case names, values unquoted; a flag has the value "". First one wins.

    BadText for an empty parameter (``;;``) or anything that is not a parameter.
    """
    params: dict[str, str] = {}
    position, text = 0, text.strip()
    while position < len(text):
        match = _PARAM.match(text, position)
        if match is None:
            raise BadText("a parameter is malformed")
        params.setdefault(match[1].lower(), unquote(match[2] or ""))
        position = match.end()
    return params


def format_params(params: dict[str, str]) -> str:
    """The reverse of ``parse_params``; values that are no token are quoted."""
    return "".join(f";{name}" + ("" if value == "" else f"={_value(value)}") for name, value in params.items())


def _value(value: str) -> str:
    return value if re.fullmatch(r"[^\s;,\"<>\\\x00-\x1f\x7f]+", value) else quote(value)
