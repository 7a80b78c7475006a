"""A telephone: registers at a server, dials, rings.

Not here: one call (``call.py``), SIP itself (``eslapp.softswitch.sip``).
"""

from __future__ import annotations

import asyncio
import logging
import weakref
from collections.abc import Mapping
from types import TracebackType
from typing import Literal

from eslapp.softphone.call import PhoneCall, host_port
from eslapp.softphone.errors import CallFailed, PhoneError
from eslapp.softswitch.media.clock import MediaClock
from eslapp.softswitch.media.engine import MediaEngine
from eslapp.softswitch.sip.call import SipCall
from eslapp.softswitch.sip.message import Response
from eslapp.softswitch.sip.session_timer import SessionTimer
from eslapp.softswitch.sip.signing_on import SignOn
from eslapp.softswitch.sip.stack import SipStack
from eslapp.softswitch.sip.transactions import Timers
from eslapp.softswitch.sip.transport import Flow, Transport

log = logging.getLogger(__name__)
MAX_WAITING_CALLS = 100
_clocks: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, MediaClock] = weakref.WeakKeyDictionary()


class Phone:
    """See the package's README.md. All phones of one event loop share one media clock."""

    def __init__(
        self,
        server: str | tuple[str, int],
        user: str = "",
        password: str = "",
        *,
        domain: str = "",
        name: str = "",
        host: str = "127.0.0.1",
        port: int = 0,
        timers: Timers | None = None,
        transport: Literal["udp", "tcp", "ws"] = "udp",
    ) -> None:
        """``server`` "host:port" (an IP address). ``domain``: of our address, the server's host if not given.

        ``transport`` tcp and ws: one connection to the server, opened by ``start``; calls to us come back over it.

        ``host``: the local address to use. ``name``: the display name on calls.
        """
        self.server = _address(server)
        self.user = user or "anonymous"
        self.name = name
        self.is_registered = False
        self.calls: list[PhoneCall] = []
        self._password = password
        self._domain = domain or host_port((self.server[0], 0)).rpartition(":")[0]
        self._bind = (host, port)
        self._timers = timers
        self._kind = transport.upper()
        self._over: Transport | None = None  # the connection; None: UDP
        self._incoming: asyncio.Queue[PhoneCall] = asyncio.Queue(MAX_WAITING_CALLS)
        self._signing: SignOn | None = None
        self._refresh: asyncio.TimerHandle | None = None
        self._refreshing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Phone:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> int:
        """Open the sockets; the local SIP port. OSError: no connection to the server (tcp, ws)."""
        clock = _clocks.setdefault(asyncio.get_running_loop(), MediaClock())
        self._stack = SipStack(
            *self._bind,
            listener=self,
            domain=self._domain,
            users=lambda user: None,
            media=MediaEngine(self._bind[0], clock=clock),
            contact_user=self.user,
            user_agent="Zongji softphone",
            timers=self._timers,
            session_timer=SessionTimer(is_known=False),  # it answers when asked, and asks nobody
        )
        port = await self._stack.start()
        if self._kind != "UDP":
            try:
                self._over = await self._stack.connect(self._kind, self.server)
            except OSError:
                await self._stack.stop()
                raise
        return port

    @property
    def contact(self) -> str:
        """Our URI, as we register it."""
        if self._over is None:
            return f"sip:{self.user}@{self._bind[0]}:{self._stack.port}"
        return self._stack.contact(self.user, Flow(self._over, self.server))

    async def stop(self) -> None:
        """Hang up, sign off (at most a second), close the sockets."""
        if self._refreshing is not None:
            self._refreshing.cancel()
        for call in self.calls:
            await call.hang_up()
        if self.is_registered:
            try:
                await self.unregister(timeout=1.0)
            except PhoneError as error:
                log.debug("sign-off failed: %s", error)
        await self._stack.stop()

    def vanish(self) -> None:
        """Die as a phone without power does: no BYE, no sign-off, and nothing is answered any more."""
        self._stop_refresh()
        self.is_registered = False
        self._stack.vanish()

    @property
    def sip_port(self) -> int:
        """Where this phone listens."""
        return self._stack.port

    # --- registration ---

    async def register(self, *, expires_s: int = 300, timeout: float = 5.0) -> None:
        """Sign on and stay so until ``stop``. CallFailed with the status when refused, PhoneError after the timeout."""
        response = await self._register(expires_s, timeout)
        if response.status != 200:
            self.is_registered = False
            raise CallFailed(f"{self}: registration refused: {response.status} {response.phrase}", response.status)
        self.is_registered = True
        self._refresh = asyncio.get_running_loop().call_later(expires_s * 0.8, self._again, expires_s)

    async def unregister(self, *, timeout: float = 5.0) -> None:
        """Sign off."""
        self._stop_refresh()
        self.is_registered = False
        response = await self._register(0, timeout)
        if response.status != 200:
            raise CallFailed(f"{self}: sign-off refused: {response.status}", response.status)

    def _stop_refresh(self) -> None:
        if self._refresh is not None:
            self._refresh.cancel()
            self._refresh = None

    def _again(self, expires_s: int) -> None:
        async def refresh() -> None:
            try:
                await self.register(expires_s=expires_s)
            except PhoneError as error:
                self.is_registered = False
                log.warning("%s", error)

        self._refreshing = asyncio.get_running_loop().create_task(refresh())

    async def _register(self, expires_s: int, timeout: float) -> Response:
        self._stop_refresh()
        if self._signing is None:
            about = {"user": self.user, "password": self._password, "domain": self._domain, "contact": self.contact}
            self._signing = SignOn(self._stack, self.server, over=self._over, **about)
        try:
            return await self._signing.ask(expires_s, timeout)
        except TimeoutError:
            told = f"no answer from {self.server[0]}:{self.server[1]} within {timeout:g} s"
            raise PhoneError(f"{self}: {told}") from None

    # --- calls ---

    async def dial(self, number: str, *, headers: Mapping[str, str] | None = None) -> PhoneCall:
        """Call a number at the server, or a whole ``sip:`` address through it. The call comes back at once."""
        target = number if number.startswith("sip:") else f"sip:{number}@{host_port(self.server)}"
        sip = self._stack.invite(
            target,
            self.server,
            caller_name=self.name,
            caller_number=self.user,
            headers=headers,
            login=(self.user, self._password) if self._password else None,
            over=self._over,
        )
        return self._keep(PhoneCall(sip))

    async def next_call(self, timeout: float = 30.0) -> PhoneCall:
        """The next incoming call; it rings already. PhoneError when nobody called."""
        try:
            return await asyncio.wait_for(self._incoming.get(), timeout)
        except TimeoutError:
            raise PhoneError(f"{self}: nobody called within {timeout:g} s") from None

    def incoming(self, call: SipCall) -> None:
        """The stack's listener: ring."""
        if self._incoming.full():
            call.reject(486)
            return
        call.ring()
        self._incoming.put_nowait(self._keep(PhoneCall(call)))

    def _keep(self, call: PhoneCall) -> PhoneCall:
        self.calls = [each for each in self.calls if each.ending is None]
        self.calls.append(call)
        return call

    def __str__(self) -> str:
        return f"phone {self.user}"


def _address(server: str | tuple[str, int]) -> tuple[str, int]:
    if not isinstance(server, str):
        return server
    host, colon, port = server.rpartition(":")
    if not colon:
        return server, 5060
    return host.strip("[]"), int(port)
