"""Digest authentication, both sides, pure (RFC 2617 3.2, RFC 3261 22; MD5 with qop=auth as phones do).

Nonces are signed instead of stored: a flood of REGISTERs costs no memory. Each is good for one answer within its
life; a second use or an old one is "stale", which tells an honest phone to try again without asking its user.
Not here: who is banned (``guard.py``), users.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import OrderedDict

from eslapp.softswitch.sip.text import TOKEN, quote, unquote

_PAIR = re.compile(rf'({TOKEN})[ \t]*=[ \t]*("(?:[^"\\]|\\.)*"|[^\s,"]*)[ \t]*(?:,|$)[ \t]*')
_NEEDED = ("username", "realm", "nonce", "uri", "response")


def parse_digest(text: str) -> dict[str, str] | None:
    """The fields of ``Digest a="b", c=d`` with lower-case names; None when it is no Digest or malformed."""
    scheme, _, rest = text.strip().partition(" ")
    if scheme.lower() != "digest":
        return None
    fields: dict[str, str] = {}
    position, rest = 0, rest.strip()
    while position < len(rest):
        match = _PAIR.match(rest, position)
        if match is None:
            return None
        fields.setdefault(match[1].lower(), unquote(match[2]))
        position = match.end()
    return fields


def format_challenge(realm: str, nonce: str, *, is_stale: bool = False) -> str:
    """The value of WWW-Authenticate or Proxy-Authenticate, worded as FreeSWITCH words it."""
    stale = ", stale=true" if is_stale else ""
    return f'Digest realm={quote(realm)}, nonce="{nonce}"{stale}, algorithm=MD5, qop="auth"'


def _md5(text: str) -> str:
    return hashlib.md5(text.encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest()


def expected_response(fields: dict[str, str], password: str, method: str) -> str:
    """What ``response`` must be for these fields and this password."""
    secret = _md5(f"{fields['username']}:{fields['realm']}:{password}")
    request = _md5(f"{method}:{fields['uri']}")
    if fields.get("qop") == "auth":
        middle = f"{fields['nonce']}:{fields.get('nc', '')}:{fields.get('cnonce', '')}:auth"
    else:
        middle = fields["nonce"]
    return _md5(f"{secret}:{middle}:{request}")


def is_right(fields: dict[str, str], password: str, method: str, realm: str) -> bool:
    """Whether the answer is the password's, for our realm and an algorithm we offered; constant time."""
    if any(name not in fields for name in _NEEDED) or fields.get("algorithm", "MD5").upper() != "MD5":
        return False
    expected = expected_response(fields, password, method)
    given = fields["response"].lower().encode("utf-8", "surrogateescape")
    return hmac.compare_digest(expected.encode(), given) and fields["realm"] == realm


def answer_challenge(challenge: str, *, user: str, password: str, method: str, uri: str, cnonce: str) -> str | None:
    """The Authorization value for a challenge; None when it is none we can answer."""
    fields = parse_digest(challenge)
    if not fields or "nonce" not in fields or fields.get("algorithm", "MD5").upper() != "MD5":
        return None
    fields = {
        "username": user,
        "realm": fields.get("realm", ""),
        "nonce": fields["nonce"],
        "uri": uri,
        **_qop(fields, cnonce),
    }
    fields["response"] = expected_response(fields, password, method)
    bare = ("algorithm", "nc", "qop")
    return "Digest " + ", ".join(f"{name}={value if name in bare else quote(value)}" for name, value in fields.items())


def _qop(fields: dict[str, str], cnonce: str) -> dict[str, str]:
    kept = {name: fields[name] for name in ("opaque",) if name in fields} | {"algorithm": "MD5"}
    if "auth" in [option.strip() for option in fields.get("qop", "").split(",")]:
        kept |= {"cnonce": cnonce, "nc": "00000001", "qop": "auth"}
    return kept


class Nonces:
    """Makes and judges nonces with one secret; the time is given in."""

    def __init__(self, secret: bytes, *, life_s: int = 60, remembered: int = 10_000) -> None:
        self._secret = secret
        self._life_s = life_s
        self._remembered = remembered
        self._used: OrderedDict[str, None] = OrderedDict()
        self._count = 0

    def make(self, now: float, source: str) -> str:
        """A new nonce for one source; all are of one length, whatever the clock and the count say."""
        self._count += 1
        head = f"{int(now):010x}-{self._count:010x}"
        return f"{head}-{self._sign(head, source)}"

    def _sign(self, head: str, source: str) -> str:
        text = f"{source} {head}".encode("utf-8", "surrogateescape")
        return hmac.new(self._secret, text, hashlib.sha256).hexdigest()[:32]

    def use(self, nonce: str, now: float, source: str) -> bool:
        """True the first time a living nonce of this source is used; False: stale or foreign, challenge again.

        So whoever forges a sender's address, and does not see what we answer there, answers no challenge in its name.
        """
        head, _, signature = nonce.rpartition("-")
        expected = self._sign(head, source).encode()
        if not hmac.compare_digest(expected, signature.encode("utf-8", "surrogateescape")):
            return False
        made_at = int(head.partition("-")[0], 16)
        if not made_at <= now <= made_at + self._life_s + 1 or nonce in self._used:
            return False
        self._used[nonce] = None
        while len(self._used) > self._remembered:
            self._used.popitem(last=False)
        return True
