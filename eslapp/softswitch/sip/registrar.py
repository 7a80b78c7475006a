"""Who is reachable where: bindings of users to contacts, kept until they expire (RFC 3261 10).

Not here: the digest (``digest.py``), the network (``stack.py``). As FreeSWITCH without multiple-registrations does,
a second phone of the same user replaces the first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


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
    """The table. Callbacks get a Binding (its expiry is 0 where it says good-bye); assign what is wanted."""

    on_register_attempt: Callable[[Binding, bool], None] | None  # after a digest check; True: it was right
    on_registered: Callable[[Binding, bool], None] | None  # True: a refresh of the same contact
    on_unregistered: Callable[[Binding], None] | None
    on_expired: Callable[[Binding], None] | None
    on_failure: Callable[[Binding], None] | None  # wrong password or unknown user (answered alike)

    def find(self, user: str) -> Binding | None:
        """The live binding of a user."""

    def bindings(self) -> list[Binding]:
        """All live ones, oldest first."""

    def drop(self, user: str) -> Binding | None:
        """Forget a user's binding without a callback (``sofia profile flush``)."""
