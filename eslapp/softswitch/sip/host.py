"""What a call needs of the stack that holds it (the stack implements it; calls know nothing else of it)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from eslapp.softswitch.sip.call import SipCall
    from eslapp.softswitch.sip.layer import TransactionLayer
    from eslapp.softswitch.sip.session_timer import SessionTimer
    from eslapp.softswitch.sip.transactions import Timers
    from eslapp.softswitch.sip.transport import Flow
    from eslapp.softswitch.sip.uri import Uri


class CallHost(Protocol):
    """See the module."""

    timers: Timers
    session_timer: SessionTimer
    layer: TransactionLayer
    loop: asyncio.AbstractEventLoop
    extra_headers: list[tuple[str, str]]  # User-Agent, if the site wants one
    supported: list[tuple[str, str]]  # the Supported header, if the listener knows extensions

    def local_address(self, flow: Flow) -> tuple[str, int]:
        """The host and port this peer reaches us at; the host also stands in SDP."""

    def sent_by(self, flow: Flow) -> str:
        """What stands in Via and Contact for this peer: ``host:port``, or an ``.invalid`` name over our WebSocket."""

    def way_to(self, target: Uri, lost: Flow) -> Flow:
        """Another way to this Contact, whose connection is lost; the same where there is none."""

    def new_tag(self) -> str:
        """A fresh tag."""

    def new_branch(self) -> str:
        """A fresh branch with the magic cookie."""

    def release(self, call: SipCall) -> None:
        """The call needs no more messages."""
