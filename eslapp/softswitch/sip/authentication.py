"""Asks who somebody is and judges the answer: known and unknown users alike, each failure counted per source.

Not here: the digest's arithmetic (``digest.py``), what a right answer allows.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from eslapp.softswitch.sip.digest import Nonces, format_challenge, is_right, parse_digest
from eslapp.softswitch.sip.guard import FailureGuard
from eslapp.softswitch.sip.message import Request

log = logging.getLogger(__name__)
ANSWER_HEADER = {401: "authorization", 407: "proxy-authorization"}
CHALLENGE_HEADER = {401: "WWW-Authenticate", 407: "Proxy-Authenticate"}


@dataclass(frozen=True)
class Credentials:
    """What the directory knows of a user."""

    user: str
    password: str


@dataclass(frozen=True)
class Verdict:
    """``is_right`` with the user, or the status and headers to answer with."""

    is_right: bool
    user: str = ""
    status: int = 403
    headers: tuple[tuple[str, str], ...] = ()
    was_judged: bool = False  # a password was looked at (and was right or wrong)


class Authenticator:
    """One per stack."""

    def __init__(
        self, realm: str, users: Callable[[str], Credentials | None], guard: FailureGuard, clock: Callable[[], float]
    ) -> None:
        """``clock`` is monotonic seconds."""
        self.realm = realm
        self.guard = guard
        self._users = users
        self._clock = clock
        self._nonces = Nonces(secrets.token_bytes(32))
        self._decoy = secrets.token_hex(16)

    def judge(self, request: Request, source: str, status: int = 401) -> Verdict:
        """What a request's Authorization (``status`` 407: Proxy-Authorization) is worth."""
        fields = self._fields(request, status)
        if fields is None:
            return self._challenge(status, source)
        now = self._clock()
        user = fields.get("username", "")
        known = self._users(user)
        right = (
            is_right(fields, known.password if known else self._decoy, request.method, self.realm) and known is not None
        )
        if not self._nonces.use(fields.get("nonce", ""), now, source):
            return self._challenge(status, source, is_stale=right)
        if right:
            return Verdict(True, user, was_judged=True)
        if self.guard.fail(source, now):
            log.warning("sip: %s banned after too many wrong passwords", source)
        return Verdict(False, user, 403, was_judged=True)

    def _fields(self, request: Request, status: int) -> dict[str, str] | None:
        """The answer for our realm among all that were sent."""
        for value in request.all(ANSWER_HEADER[status])[:4]:
            fields = parse_digest(value)
            if fields is not None and fields.get("realm") == self.realm:
                return fields
        return None

    def _challenge(self, status: int, source: str, *, is_stale: bool = False) -> Verdict:
        value = format_challenge(self.realm, self._nonces.make(self._clock(), source), is_stale=is_stale)
        return Verdict(False, status=status, headers=((CHALLENGE_HEADER[status], value),))
