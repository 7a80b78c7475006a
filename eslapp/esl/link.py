"""The daemon's own connection to the switch: always there again, never waited for without end.

Owns: logging in, subscribing, the heartbeat, reconnecting, api and bgapi. Not here: the connections the switch opens
for each call (``server``), what events mean (``switch_events``), re-adoption (a service's ``on_up``).

``on_up``, every event and ``on_down`` run one after another in ONE greenlet, in that order for each connection:
``on_up`` can take stock (``link.api(show_channels())``) and no event since the subscription passes it by. All three
may wait on ``api`` and ``bgapi``; an exception in one is logged and stops nothing.

    link = SwitchLink("127.0.0.1", 8021, password, on_event=lambda event: print(fact(event)))
    link.start()
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import gevent
from gevent import socket
from gevent.event import Event as Flag
from greenswitch.esl import InboundESL, NotConnectedError

from eslapp.clock import monotonic
from eslapp.log import get_log, spawn

from .codec import Event
from .commands import refusal, version
from .doors import line as one_line
from .errors import SwitchDown, SwitchError, SwitchRefused, SwitchTimeout
from .jobs import JobControl, JobResult
from .reliable import Reliable, tune
from .switch_events import SUBSCRIPTION

log = get_log("esl.link")


class LinkDown(SwitchDown, NotConnectedError):
    """``SwitchDown`` for those who know greenswitch."""


class WrongPassword(SwitchRefused, ValueError):
    """The switch does not take the password."""


class SwitchConnection(JobControl, Reliable, InboundESL):
    """greenswitch's ``InboundESL`` with bounded waits. One connection; ``SwitchLink`` makes new ones."""

    def connect(self) -> None:
        """Connect and log in within ``timeout`` seconds in all. Raises ``SwitchError``."""
        try:
            with gevent.Timeout(self.timeout):
                self.sock = socket.create_connection((self.host, self.port), self.timeout)
                tune(self.sock)
                self.sock.settimeout(None)
                self.connected = True
                self.start_event_handlers()
                self._auth_request_event.wait()
                self.authenticate()
        except gevent.Timeout:
            self.fail(f"{self.host}:{self.port} did not answer within {self.timeout:g} s")
            raise LinkDown(self.failure) from None
        except OSError as error:
            self.fail(f"cannot connect to {self.host}:{self.port}: {error.strerror or error}")
            raise LinkDown(self.failure) from None
        finally:
            if not self.connected:
                self.fail("the login was broken off")

    def authenticate(self) -> None:
        if not self.connected:
            raise self.lost()
        reply = self.send(f"auth {one_line(self.password, 'password')}", timeout=self.timeout)
        if reply.data != "+OK accepted":
            problem = f"{self.host}:{self.port} refuses the password; it is in the switch's event_socket.conf.xml"
            self.fail(problem)
            raise WrongPassword(problem)

    def lost(self) -> Exception:
        return LinkDown(self.failure or "not connected")


class SwitchLink:
    """Keeps one ``SwitchConnection`` up. All arguments after ``password`` are optional."""

    def __init__(
        self,
        host: str,
        port: int,
        password: str,
        *,
        subscribe: Sequence[str] = SUBSCRIPTION,
        on_event: Callable[[Event], None] | None = None,
        on_up: Callable[[], None] | None = None,
        on_down: Callable[[str], None] | None = None,
        connect_timeout_s: float = 5.0,
        beat_s: float = 5.0,
        dead_s: float = 10.0,
        retry_s: tuple[float, float] = (0.1, 5.0),
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.host, self.port, self._password = host, port, password
        self.problem = "not started"  # why there is no connection, "" while there is one
        self.connections = 0  # how many came up since the start
        self._subscribe = tuple(dict.fromkeys(subscribe))
        self._on_event, self._on_up, self._on_down = on_event, on_up, on_down
        self._connect_timeout_s, self._beat_s, self._dead_s = connect_timeout_s, beat_s, dead_s
        self._retry_s, self._jitter = retry_s, jitter
        self._connection: SwitchConnection | None = None
        self._up, self._stopping = Flag(), Flag()
        self._runner: gevent.Greenlet | None = None

    # --- asking ---------------------------------------------------------------------------------------------------

    @property
    def is_up(self) -> bool:
        return self._connection is not None and self._connection.connected

    def wait_up(self, timeout: float) -> bool:
        """Wait until the switch can be asked."""
        return bool(self._up.wait(timeout))

    def api(self, line: str, timeout: float = 5.0) -> str:
        """Run an api line and return what the switch answers, ``-ERR ...`` too (see ``commands.refusal``).

        Raises ``SwitchDown`` or ``SwitchTimeout``. The connection waits behind it: slow commands go by ``bgapi``.
        """
        return self._current().send(f"api {one_line(line)}", timeout).data

    def bgapi(self, line: str, timeout: float = 30.0) -> JobResult:
        """Run an api line in the background of the switch and wait for its result."""
        connection = self._current()
        job, waiting = connection.start_job(line)
        try:
            result: JobResult = waiting.get(timeout=timeout)
        except gevent.Timeout:
            raise SwitchTimeout(f"no result of {line.split(None, 1)[0]!r} within {timeout:g} s") from None
        finally:
            connection.forget_job(job)
        return result

    def start_job(self, line: str) -> str:
        """Start an api line in the background and return its job id; the result comes as a ``JobDone`` fact."""
        connection = self._current()
        job, _ = connection.start_job(line)
        connection.forget_job(job)
        return job

    def _current(self) -> SwitchConnection:
        if self._connection is None or not self._connection.connected:
            raise LinkDown(f"no connection to the switch at {self.host}:{self.port}: {self.problem}")
        return self._connection

    # --- staying up -----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to connect, and to reconnect, in the background."""
        self._runner = spawn(self._run)

    def stop(self) -> None:
        self._stopping.set()
        if self._connection is not None:
            self._connection.stop()
        if self._runner is not None:
            self._runner.join(timeout=self._connect_timeout_s + 1)

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                connection = self._open()
            except SwitchError as error:
                self.problem = str(error)
                log.warning("switch-not-reached", problem=str(error))
                failures += 1
            else:
                failures = 0
                self._keep(connection)
            low, high = self._retry_s
            self._stopping.wait(min(high, low * 2 ** min(failures, 16)) * (0.5 + self._jitter() / 2))

    def _open(self) -> SwitchConnection:
        connection = SwitchConnection(self.host, self.port, self._password, self._connect_timeout_s)
        connection.gate.clear()  # events wait until on_up has run
        connection.connect()
        if self._on_event:
            connection.register_handle("*", self._on_event)
        try:
            reply = connection.send(f"event json {' '.join(self._subscribe)}", self._connect_timeout_s)
            if refusal(reply.data):
                raise SwitchRefused(f"the switch refuses our events: {refusal(reply.data)}")
        except SwitchError as error:
            connection.fail(str(error))
            raise
        return connection

    def _keep(self, connection: SwitchConnection) -> None:
        """Have it used until it ends."""
        self._connection, self.problem = connection, ""
        self.connections += 1
        connection.greeting = self._on_up
        connection.farewell = lambda: self._on_down(connection.failure) if self._on_down else None
        self._up.set()
        connection.gate.set()
        while not connection.ended.wait(self._beat_s):
            self._beat(connection)
        self._up.clear()
        self.problem = connection.failure
        log.warning("switch-lost", problem=connection.failure)
        connection.stop()

    def _beat(self, connection: SwitchConnection) -> None:
        """Ask for a sign of life; after ``dead_s`` without one the connection is given up."""
        if monotonic() - connection.last_heard >= self._dead_s - 0.5:
            connection.ended.wait(0.25)  # after a pause of this process its answers are still unread
            if monotonic() - connection.last_heard >= self._dead_s - 0.5:
                connection.fail(f"nothing heard from the switch for {self._dead_s:g} s")
                return
        try:
            connection.post(f"api {version()}")
        except SwitchError as error:
            log.debug("heartbeat-not-sent", error=str(error))
