"""Who may sign in and with which role: the site's agents by extension, and ``admin``.

Owns: whose password is right, and the roles.
Not here: hashing itself (``passwords``), generating passwords (``eslapp.sitedir``), sessions (``sessions``).

An entry of ``secrets.agents`` may hold ``web_password_hash`` (argon2id) instead of ``web_password``. Both, and unknown
logins, cost the same work: nobody learns from the time who is known, and a start hashes nothing.
"""

from __future__ import annotations

from hmac import compare_digest

from .deps import Deps
from .guard import Role
from .passwords import Passwords

ADMIN = "admin"


class Accounts:
    """Checks passwords by the secrets as they are now."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._passwords = Passwords()

    def check(self, login: str, password: str) -> Role | None:
        """The role of ``login`` if the password is right. Unknown logins take the same time."""
        hashed, plain = self._secret(login)
        is_right = self._passwords.is_right(hashed or None, password)
        if not hashed:
            is_right = bool(plain) and compare_digest(plain.encode(), password.encode("utf-8", "replace"))
        return self.role(login) if is_right else None

    def role(self, login: str) -> Role:
        """The role of a known login; agents are agents unless the site says otherwise."""
        if login == ADMIN:
            return Role.ADMIN
        agent = self._deps.site.agents.get(login)
        return Role.named(agent.role if agent else "agent")

    def _secret(self, login: str) -> tuple[str, str]:
        secrets = self._deps.secrets
        if login == ADMIN:
            return "", secrets.admin_password
        if login not in self._deps.site.agents:
            return "", ""
        entry = secrets.agents.get(login, {})
        return entry.get("web_password_hash", ""), entry.get("web_password", "")
