"""Who is reachable where: bindings of users to contacts, kept until they expire (RFC 3261 10).

As FreeSWITCH without multiple-registrations does, a second phone of the same user replaces the first.
Not here: REGISTER requests and passwords (``registration.py``), the network (``stack.py``).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Binding:
    """One registration, with the facts FreeSWITCH's sofia::* events carry."""

    user: str
    host: str
    contact: str  # the Contact's URI: "sip:1001@127.0.0.1:47011"
    contact_header: str  # as FreeSWITCH prints it: '"" <sip:1001@127.0.0.1:47011>'
    network_addr: tuple[str, int]  # where the REGISTER came from, and where calls are sent to
    transport: str  # "udp"
    call_id: str
    cseq: int
    expires_s: int
    expires_at: float  # UTC seconds
    user_agent: str
    from_user: str
    from_host: str
    to_user: str
    to_host: str
    realm: str
    auth_user: str


class Registrar:
    """The table. Callbacks get a Binding (its ``expires_s`` is 0 where it says good-bye); assign what is wanted."""

    def __init__(self, limit: int = 10_000) -> None:
        self.on_challenged: Callable[[Binding], None] | None = None  # asked for a digest
        self.on_register_attempt: Callable[[Binding, bool], None] | None = None  # after a digest check; True: right
        self.on_registered: Callable[[Binding, bool], None] | None = None  # True: a refresh of the same contact
        self.on_unregistered: Callable[[Binding], None] | None = None
        self.on_expired: Callable[[Binding], None] | None = None
        self.on_failure: Callable[[Binding], None] | None = None  # wrong password or unknown user (answered alike)
        self._limit = limit
        self._bindings: dict[str, Binding] = {}
        self._users: dict[str, str] = {}  # by contact

    def find(self, user: str, now: float | None = None) -> Binding | None:
        """The binding of a user; with ``now`` (UTC seconds) only one that has not run out."""
        binding = self._bindings.get(user)
        if binding is not None and now is not None and binding.expires_at <= now:
            return None
        return binding

    def find_contact(self, contact: str) -> Binding | None:
        """The binding of a Contact's URI, its parameters left out or not."""
        return self._bindings.get(self._users.get(_plain(contact), ""))

    def bindings(self) -> list[Binding]:
        """All of them, oldest first."""
        return list(self._bindings.values())

    def drop(self, user: str) -> Binding | None:
        """Forget a user's binding without a callback (``sofia profile flush``)."""
        binding = self._bindings.pop(user, None)
        if binding is not None and self._users.get(_plain(binding.contact)) == user:
            del self._users[_plain(binding.contact)]
        return binding

    def flush(self, wanted: str = "") -> None:
        """End those of one call-id, ``user@host`` or ``@host``, or all, as if their time were over."""
        for each in self.bindings():
            if wanted in ("", each.call_id, f"{each.user}@{each.host}", f"@{each.host}"):
                self.tell(self.on_expired, self.drop(each.user))

    def is_at(self, user: str, addr: tuple[str, int]) -> bool:
        """Whether this user's registered phone sits at this very address."""
        binding = self._bindings.get(user)
        return binding is not None and binding.network_addr == addr

    def put(self, binding: Binding) -> bool:
        """Add or replace; False when the table is full."""
        known = self._bindings.get(binding.user)
        if known is None and len(self._bindings) >= self._limit:
            return False
        is_refresh = known is not None and known.contact == binding.contact and known.call_id == binding.call_id
        if known is not None and self._users.get(_plain(known.contact)) == known.user:
            del self._users[_plain(known.contact)]
        self._bindings[binding.user] = binding
        self._users.setdefault(_plain(binding.contact), binding.user)  # nobody takes over what is another's
        self.tell(self.on_registered, binding, is_refresh)
        return True

    def remove(self, binding: Binding) -> None:
        """The phone says good-bye; told even if it was not registered, as FreeSWITCH does."""
        self.drop(binding.user)
        self.tell(self.on_unregistered, binding)

    def expire(self, now: float) -> None:
        """Remove what has run out; ``now`` in UTC seconds."""
        for user in [user for user, binding in self._bindings.items() if binding.expires_at <= now]:
            self.tell(self.on_expired, self.drop(user))

    def tell(self, callback: Callable[..., Any] | None, *args: object) -> None:
        """Call the owner; its exception is logged and stays here."""
        if callback is not None:
            try:
                callback(*args)
            except Exception:
                log.exception("a callback of the registrar failed")


def _plain(contact: str) -> str:
    """A Contact as it is known: without scheme and parameters."""
    return contact.partition(";")[0].removeprefix("sips:").removeprefix("sip:")
