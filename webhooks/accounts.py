"""Who may sign in and with which role: the site's agents by extension, and ``admin``.

Owns: the hashes of the generated passwords (made once at start, off the hub) and the roles.
Not here: hashing itself (``passwords``), generating passwords (``eslapp.sitedir``), sessions (``sessions``).

An entry of ``secrets.agents`` may hold ``web_password_hash`` (argon2id) instead of ``web_password``.
"""

from __future__ import annotations

from collections.abc import Iterator

from eslapp.log import get_log, spawn

from .deps import Deps
from .guard import Role
from .passwords import Passwords

ADMIN = "admin"

log = get_log("webhooks.accounts")


class Accounts:
    """Checks passwords. Until all hashes are made, a login's own one is made on demand."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._passwords = Passwords()
        self._hashes: dict[str, str] = {}

    def start(self) -> None:
        """Hash every generated password in the background."""
        spawn(self._hash_all)

    def stop(self) -> None:
        """Nothing runs on: the hashing ends by itself."""

    def check(self, login: str, password: str) -> Role | None:
        """The role of ``login`` if the password is right. Unknown logins take the same time."""
        encoded = self._hash_of(login)
        if not self._passwords.is_right(encoded, password):
            return None
        return self.role(login)

    def role(self, login: str) -> Role:
        """The role of a known login; agents are agents unless the site says otherwise."""
        if login == ADMIN:
            return Role.ADMIN
        agent = self._deps.site.agents.get(login)
        return Role.named(agent.role if agent else "agent")

    def _hash_all(self) -> None:
        for login in self._logins():
            self._hash_of(login)
        log.info("accounts-ready", accounts=len(self._hashes))

    def _logins(self) -> Iterator[str]:
        yield ADMIN
        yield from self._deps.site.agents

    def _hash_of(self, login: str) -> str | None:
        if login != ADMIN and login not in self._deps.site.agents:
            self._hashes.pop(login, None)  # no longer of the site
            return None
        known = self._hashes.get(login)
        if known:
            return known
        ready, plain = self._secret(login)
        if not ready and not plain:
            return None
        self._hashes[login] = ready or self._passwords.hash(plain)
        return self._hashes[login]

    def _secret(self, login: str) -> tuple[str, str]:
        secrets = self._deps.secrets
        if login == ADMIN:
            return "", secrets.admin_password
        if login not in self._deps.site.agents:
            return "", ""
        entry = secrets.agents.get(login, {})
        return entry.get("web_password_hash", ""), entry.get("web_password", "")
