"""One SIP listener: takes datagrams, answers what needs no call, makes ``SipCall`` for the rest.

Not here: what a call does (``call.py``), bytes (``message.py``), retransmission (``transactions.py``).

    stack = SipStack("127.0.0.1", 0, listener=switch, users=directory.credentials, domain="127.0.0.1")
    port = await stack.start()
    call = stack.invite("sip:1001@127.0.0.1:47011", ("127.0.0.1", 47011), caller_number="1000")
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from eslapp.softswitch.sip.call import SipCall
from eslapp.softswitch.sip.registrar import Registrar


@dataclass(frozen=True)
class Credentials:
    """What the directory knows of a user."""

    user: str
    password: str


class Listener(Protocol):
    """Who takes the calls."""

    def incoming(self, call: SipCall) -> None:
        """A new inbound call: 100 was sent, its media port is open, nothing was decided. Must not block.

        An exception here ends the call with 500 and is logged.
        """


@dataclass(frozen=True)
class Limits:
    """What one stack allows; a stranger costs no more than this."""

    message_bytes: int = 65_535
    headers: int = 256
    header_bytes: int = 8_192
    calls: int = 1_000
    requests_per_s: int = 400  # new transactions of one source address
    auth_failures_per_min: int = 10
    ban_s: float = 900.0
    bindings: int = 10_000


class SipStack:
    """See the module; constructing opens nothing."""

    registrar: Registrar
    calls: dict[str, SipCall]  # by Call-ID + local tag

    def __init__(
        self,
        bind_host: str,
        port: int,
        *,
        listener: Listener,
        domain: str,
        users: Callable[[str], Credentials | None],
        rtp_ports: tuple[int, int] = (0, 0),
        advertise_host: str = "",
        auth_calls: bool = False,
        limits: Limits | None = None,
    ) -> None:
        """``port`` 0: any free one. ``rtp_ports`` (low, high) inclusive, (0, 0): any free pair. ``domain`` is the realm.

        ``auth_calls``: challenge each INVITE outside a dialog (407), as FreeSWITCH's parameter of that name.
        """

    async def start(self) -> int:
        """Bind and return the port. OSError names the address when it is in use."""

    async def stop(self) -> None:
        """End every call (BYE, CANCEL, 503), close the sockets. At most a second."""

    def invite(
        self,
        target_uri: str,
        route_addr: tuple[str, int],
        *,
        caller_name: str = "",
        caller_number: str = "",
        headers: Mapping[str, str] | None = None,
        call_id: str | None = None,
    ) -> SipCall:
        """Send an INVITE with our offer (PCMU, PCMA, telephone-event) to ``route_addr``; the call comes back at once.

        ValueError for text that cannot stand in a header (line ends, controls) or an unusable URI.
        OSError when no RTP port is free.
        """
