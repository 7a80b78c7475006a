"""From the bytes of a mail's words to text: the charset that is claimed, unless the bytes say otherwise.

Owns: ``decoded`` for bodies, ``header`` for header values (RFC 2047, and raw bytes that no standard allows but many
senders write). Pure. Not here: which part or header it is (``reading``).

>>> decoded("您好，订单".encode("gbk"), "iso-8859-1"), decoded("您好".encode(), "gb2312")
('您好，订单', '您好')
>>> header("=?gb2312?B?xPq6w6OsztK1xA==?= =?gb2312?Q?=B6=A9=B5=A5?= re: 7")
'您好，我的订单 re: 7'
"""

from __future__ import annotations

import base64
import binascii
import codecs
import quopri
import re
import unicodedata

WORD = re.compile(r"=\?([A-Za-z0-9_.:+-]{1,40})(?:\*[A-Za-z-]{1,20})?\?([bBqQ])\?([^?\s]*(?: [^?\s]+)*)\?=")
BETWEEN = re.compile(r"(\?=)\s+(?==\?[A-Za-z0-9_.:+*-]{1,60}\?[bBqQ]\?)")
HIGH_RUNS = re.compile(rb"[\x80-\xff]+")
JAPANESE_SHIFTS = (b"\x1b$B", b"\x1b$@", b"\x1b(J", b"\x1b$(D")
# Names under which senders mean a larger set: characters beyond GB 2312 come as "gb2312" every day.
WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-8859-1": "cp1252",
    "us-ascii": "ascii",
    "": "ascii",
}
GUESSES = ("utf-8", "gb18030", "big5hkscs", "cp932")
WESTERN = frozenset({"cp1252", "latin-1", "ascii", "iso8859-15", "cp1250"})


def decoded(content: bytes, claimed: str) -> str:
    """Text of any bytes; ``claimed`` is the charset that they are said to be in."""
    named = WIDER.get(claimed.strip().lower(), claimed.strip().lower())
    if any(shift in content for shift in JAPANESE_SHIFTS):
        named = "iso2022_jp_ext"
    elif _is_utf8(content, is_likely=named in WESTERN):
        named = "utf-8"
    elif named in WESTERN and _is_paired(content):
        named = "gb18030"
    for charset in (named, *GUESSES):
        found = _strictly(content, charset)
        if found is not None:
            return found
    usable = named if _is_known(named) else "cp1252"
    return content.decode(usable, "replace")


def header(value: str) -> str:
    """A header's text: encoded words in whatever order, words cut inside a character, bytes that nobody declared."""
    joined = BETWEEN.sub(r"\1", value.replace("\r", "").replace("\n", " "))
    found, place = [], 0
    for charset, words, begun, ended in _runs(joined):
        found.append(_plain(joined[place:begun]))
        found.append(decoded(words, charset))
        place = ended
    found.append(_plain(joined[place:]))
    return " ".join("".join(found).split())


def _runs(value: str) -> list[tuple[str, bytes, int, int]]:
    """Encoded words; neighbours in one charset are one, for a character may be cut between them."""
    runs: list[tuple[str, bytes, int, int]] = []
    for match in WORD.finditer(value):
        charset, words = match[1].lower(), _unwrapped(match[2].upper(), match[3])
        if runs and runs[-1][3] == match.start() and runs[-1][0] == charset:
            runs[-1] = (charset, runs[-1][1] + words, runs[-1][2], match.end())
        else:
            runs.append((charset, words, match.start(), match.end()))
    return runs


def _unwrapped(way: str, written: str) -> bytes:
    raw = written.encode("ascii", "ignore")
    if way == "Q":
        return quopri.decodestring(raw.replace(b"_", b" "), header=False)
    try:
        return base64.b64decode(raw + b"=" * (-len(raw) % 4))
    except (binascii.Error, ValueError):
        return raw


def _plain(value: str) -> str:
    """Raw bytes stand in headers as lone surrogates."""
    if value.isascii():
        return value
    return decoded(value.encode("utf-8", "surrogateescape"), "")


def _strictly(content: bytes, charset: str) -> str | None:
    try:
        return content.decode(charset)
    except (LookupError, UnicodeDecodeError, ValueError):
        return None


def _is_known(charset: str) -> bool:
    try:
        return bool(codecs.lookup(charset)) and charset != "ascii"
    except (LookupError, ValueError):
        return False


def _is_utf8(content: bytes, *, is_likely: bool) -> bool:
    """Whether it is UTF-8 and can hardly be anything else: two bytes may be one Chinese character as well."""
    found = None if content.isascii() else _strictly(content, "utf-8")
    return found is not None and (is_likely or any(ord(one) >= 0x800 for one in found))


def _is_paired(content: bytes) -> bool:
    """Whether what is said to be Western looks like Chinese: high bytes in pairs, and ideographs come of them."""
    runs = HIGH_RUNS.findall(content)
    if not runs or any(len(run) % 2 for run in runs):
        return False
    found = _strictly(content, "gb18030") or ""
    strange = [one for one in found if ord(one) > 0x7F]
    ideographs = [one for one in strange if unicodedata.category(one) in ("Lo", "Po", "Ps", "Pe")]
    return bool(strange) and len(ideographs) == len(strange)
