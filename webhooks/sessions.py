"""Signed-in browsers: cookies, idle and absolute limits, rotation at login.

Owns: the cookie and when a session counts as used. Not here: the rows (``eslapp.store.web_sessions``), roles
(``guard``), passwords (``accounts``).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask import Request, Response

from eslapp.store import Tx, web_sessions

from .deps import Deps

TOUCH_S = 60.0  # a use is written down at most this often
TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who asks. ``login`` is the agent's id (its extension), or ``admin``."""

    login: str
    role: str
    csrf: str
    token: str
    expires_at: float


class Sessions:
    """The door to ``web_sessions`` for requests and live streams."""

    def __init__(self, deps: Deps) -> None:
        self._store = deps.store
        self._clock = deps.clock
        self._settings = deps.settings
        # The __Host- prefix makes browsers refuse the cookie from any other host or without TLS.
        self.cookie = "__Host-zongji" if deps.settings.is_https else "zongji_session"

    def begin(self, login: str, role: str, old_token: str = "") -> SignedIn:
        """Sign in with a new token; the browser's former session ends (no fixation)."""
        now = self._clock()
        signed_in = SignedIn(
            login=login,
            role=role,
            csrf=secrets.token_urlsafe(TOKEN_BYTES),
            token=secrets.token_urlsafe(TOKEN_BYTES),
            expires_at=now + self._settings.absolute_s,
        )

        def work(tx: Tx) -> None:
            if old_token:
                web_sessions.revoke(tx, old_token, at=now)
            web_sessions.forget(tx, before=now - self._settings.absolute_s)
            web_sessions.create(
                tx,
                token=signed_in.token,
                agent=login,
                role=role,
                csrf=signed_in.csrf,
                at=now,
                expires_at=signed_in.expires_at,
            )

        self._store.write(work)
        return signed_in

    def of(self, request: Request) -> SignedIn | None:
        """The session of this request's cookie, marked as used."""
        return self.find(request.cookies.get(self.cookie, ""))

    def find(self, token: str, *, is_use: bool = True) -> SignedIn | None:
        """The session of this token, unless it ended. ``is_use``: it counts as activity of a person."""
        if not token or len(token) > 100:
            return None
        now = self._clock()
        row = self._store.read(lambda tx: web_sessions.find(tx, token, now=now, idle_s=self._settings.idle_s))
        if row is None:
            return None
        if is_use and now - row.seen_at > TOUCH_S:
            self._store.write(lambda tx: web_sessions.touch(tx, token, now=now))
        return SignedIn(login=row.agent, role=row.role, csrf=row.csrf, token=token, expires_at=row.expires_at)

    def end(self, token: str) -> None:
        """Sign this browser out."""
        now = self._clock()
        self._store.write(lambda tx: web_sessions.revoke(tx, token, at=now))

    def set_cookie(self, response: Response, signed_in: SignedIn) -> None:
        """Give the browser its token: not readable by scripts, not sent along from other sites' forms."""
        response.set_cookie(
            self.cookie,
            signed_in.token,
            max_age=int(self._settings.absolute_s),
            httponly=True,
            samesite="Lax",
            secure=self._settings.is_https,
            path="/",
        )

    def clear_cookie(self, response: Response) -> None:
        """Take the token back."""
        response.delete_cookie(self.cookie, path="/", httponly=True, samesite="Lax", secure=self._settings.is_https)
