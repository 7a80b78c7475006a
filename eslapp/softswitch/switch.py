"""The switch: its configuration, its channels, its event bus, and the doors between SIP and the event socket.

Owns: start and stop, channel registry, core headers of events, API calls, registrations' events, the heartbeat.
Not here: channels (``session.py``), event socket (``event_socket``), SIP (``sip.stack``).

    switch = Switch(load(Path("var/freeswitch")))
    await switch.start(esl_port=0, sip_port=0)
    ...
    await switch.stop()
"""

from __future__ import annotations

import asyncio
import logging
import socket
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from eslapp.softswitch import api, confdir, legs, registrations, replacing, webrtc
from eslapp.softswitch.bus import EventBus
from eslapp.softswitch.conference.rooms import Rooms
from eslapp.softswitch.dialplan import Action
from eslapp.softswitch.event_socket.inbound import InboundListener
from eslapp.softswitch.events import Event
from eslapp.softswitch.gateways import Gateways
from eslapp.softswitch.heartbeat import Heartbeat
from eslapp.softswitch.loglines import LogLines, level_of
from eslapp.softswitch.origins import ORIGINS, UNKNOWN, Origin
from eslapp.softswitch.profile import Header
from eslapp.softswitch.recordings import Recordings
from eslapp.softswitch.refer import refer
from eslapp.softswitch.scheduler import Scheduler
from eslapp.softswitch.separating import separate
from eslapp.softswitch.sip.guard import source_of
from eslapp.softswitch.sip.stack import Credentials, SipStack
from eslapp.softswitch.states import State
from eslapp.softswitch.throttle import SessionRate
from eslapp.softswitch.variables import is_true

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session
    from eslapp.softswitch.sip.call import SipCall
    from eslapp.softswitch.sip.session_timer import SessionTimer

log = logging.getLogger(__name__)
STOP_TIMEOUT_S = 2.0
WARM_UP_AFTER_S = 0.2  # whoever waits for the switch to be ready is served first


class Switch:
    """See the module. Everything runs on one event loop."""

    def __init__(self, conf: confdir.Configuration) -> None:
        confdir.check_password(conf)
        self.conf: confdir.Configuration = conf
        self.core_uuid = self.new_uuid()
        self.hostname: str = socket.gethostname()
        self.started_us = self.now()
        expansion = conf.settings.get("switch.conf", {}).get("api-expansion", "true")
        self.has_api_expansion = is_true(expansion)  # ``fsctl api_expansion`` changes it
        self.sessions: dict[str, Session] = {}
        self.leaving: set[Session] = set()  # hung up, not destroyed yet
        self.bus = EventBus()
        self.scheduler = Scheduler(self)
        self.recordings = Recordings(self)
        self.conferences = Rooms(self)
        self.heartbeat = Heartbeat(self)
        self.gateways = Gateways(self)
        self.log_lines = LogLines(level_of(conf.settings.get("switch.conf", {}).get("loglevel", "debug")))
        self.sip_address = (conf.profile.sip_ip, 0)
        self.ws_address: tuple[str, int] | None = None
        self.esl_address = (conf.esl_host, 0)
        self.sessions_since_start = 0
        self.peak = 0
        self.rate = SessionRate(conf.sessions_per_second)
        self.stack: SipStack | None = None
        self.is_stopping = False
        self.on_warm: Callable[[], None] | None = None  # everything is loaded that will be
        self._listener = InboundListener(self)
        self._sequence = 0
        self._jobs: set[asyncio.Task[None]] = set()

    # -- life ---------------------------------------------------------------------------------------------------------

    async def start(
        self, *, sip_port: int | None = None, esl_port: int | None = None, ws_port: int | None = None
    ) -> None:
        """Bind SIP and the event socket; OSError names what is in use. SIP port 0 frees the WebSocket's too."""
        conf = self.conf
        host = conf.profile.sip_ip
        ws = conf.profile.ws_binding
        if ws is not None and (ws_port is not None or sip_port == 0):
            ws = (ws[0], ws_port or 0)
        self.stack = SipStack(
            host,
            conf.profile.sip_port if sip_port is None else sip_port,
            listener=self,
            domain=conf.domain,
            users=self._credentials,
            rtp_ports=conf.rtp_ports,
            auth_calls=confdir.wants_call_auth(conf),
            session_timer=conf.profile.session_timer,
            tcp=True,
            ws=ws,
            extensions=("replaces",),
            takes_late_offers=conf.profile.takes_late_offers,
            gives_flawed=True,
        )
        registrations.watch(self, self.stack.registrar)
        self.sip_address = (host, await self.stack.start())
        self.ws_address = (ws[0], self.stack.ws_port) if ws is not None else None
        try:
            wanted = conf.esl_port if esl_port is None else esl_port
            self.esl_address = (conf.esl_host, await self._listener.start(conf.esl_host, wanted))
        except OSError:
            await self.stack.stop()
            raise
        self.heartbeat.start()
        self.gateways.follow()
        if ws is not None:  # browsers may call: what they need takes a moment to import
            self.background(self._warm_up(), "webrtc")

    async def _warm_up(self) -> None:
        await asyncio.sleep(WARM_UP_AFTER_S)
        await asyncio.get_running_loop().run_in_executor(None, webrtc.warm_up)
        if self.on_warm is not None:
            self.on_warm()

    async def stop(self) -> None:
        """Hang up everybody, close everything."""
        self.is_stopping = True
        self.heartbeat.stop()
        self.gateways.stop()
        self.scheduler.stop()
        going = [*self.sessions.values(), *self.leaving]
        for session in going:
            session.hangup("SYSTEM_SHUTDOWN")
            for lingering in list(session.sockets) if session in self.leaving else []:
                lingering.leave()
        waits = [asyncio.ensure_future(session.is_gone.wait()) for session in going]
        await self._listener.stop()
        if waits:
            _, pending = await asyncio.wait(waits, timeout=STOP_TIMEOUT_S)
            for late in pending:
                late.cancel()
        for job in list(self._jobs):
            job.cancel()
        if self.stack is not None:
            await self.stack.stop()

    def reload(self) -> None:
        """Read the configuration again; ports and passwords stay as they are. ConfigurationError: nothing changed."""
        path = self.conf.path
        fresh = confdir.load(path.parent if path.name == "freeswitch.xml" else path)
        fresh.esl_password = self.conf.esl_password
        fresh.globals = {**fresh.globals, **{k: v for k, v in self.conf.globals.items() if k not in fresh.globals}}
        self.conf = fresh
        self.gateways.follow()

    def _credentials(self, name: str) -> Credentials | None:
        user = self.conf.user(name, self.conf.domain) or self.conf.user(name)
        return Credentials(user.id, user.password) if user and user.password else None

    # -- small services -----------------------------------------------------------------------------------------------

    @staticmethod
    def now() -> int:
        """Microseconds since the epoch."""
        return time.time_ns() // 1_000

    @staticmethod
    def new_uuid() -> str:
        """A random UUID."""
        return str(uuid.uuid4())

    def next_session_number(self) -> int:
        """``session_id`` counts from 1."""
        self.sessions_since_start += 1
        return self.sessions_since_start

    def background(self, work: object, name: str) -> asyncio.Task[None]:
        """Run a coroutine beside everything; its exception is logged, never lost."""
        task: asyncio.Task[None] = asyncio.create_task(_guarded(work, name), name=name)
        self._jobs.add(task)
        task.add_done_callback(self._jobs.discard)
        return task

    # -- events -------------------------------------------------------------------------------------------------------

    def core_headers(self, name: str, origin: Origin | None = None) -> list[Header]:
        """What every event begins with."""
        file, function, line = origin or ORIGINS.get(name, UNKNOWN)
        now = self.now()
        seconds = now // 1_000_000
        self._sequence += 1
        return [
            ("Event-Name", name),
            ("Core-UUID", self.core_uuid),
            ("FreeSWITCH-Hostname", self.hostname),
            ("FreeSWITCH-Switchname", self.hostname),
            ("FreeSWITCH-IPv4", self.conf.globals.get("local_ip_v4", "127.0.0.1")),
            ("FreeSWITCH-IPv6", self.conf.globals.get("local_ip_v6", "::1")),
            ("Event-Date-Local", time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))),
            ("Event-Date-GMT", time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(seconds))),
            ("Event-Date-Timestamp", str(now)),
            ("Event-Calling-File", file),
            ("Event-Calling-Function", function),
            ("Event-Calling-Line-Number", line),
            ("Event-Sequence", str(self._sequence)),
        ]

    def skip_sequence(self, count: int = 1) -> None:
        """An event nobody wanted was not built; its number is used up all the same."""
        self._sequence += count

    def fire(self, name: str, headers: list[Header], body: str = "", origin: Origin | None = None) -> None:
        """Publish an event that belongs to no channel."""
        if self.bus.is_wanted(name):
            self.bus.publish(Event([*self.core_headers(name, origin), *headers], body))
        else:
            self.skip_sequence()

    def fire_custom(self, subclass: str, headers: list[Header]) -> None:
        """Publish a CUSTOM event; its subclass comes first, as FreeSWITCH has it."""
        if self.bus.is_wanted("CUSTOM", subclass):
            core = self.core_headers("CUSTOM", ORIGINS.get(f"CUSTOM {subclass}"))
            self.bus.publish(Event([("Event-Subclass", subclass), *core, *headers]))
        else:
            self.skip_sequence()

    def fire_api(self, name: str, text: str, more: Sequence[Header] = ()) -> None:
        """The API event."""
        self.fire("API", [("API-Command", name), ("API-Command-Argument", text), *more])

    # -- API ----------------------------------------------------------------------------------------------------------

    async def call_api(self, name: str, text: str, caller: Session | None = None, *, is_told: bool = True) -> str:
        """Run an API command; its own failure is an -ERR, never an exception. ``is_told``: with its API event."""
        try:
            return await api.call(self, name, text, caller, is_told=is_told)
        except Exception:
            log.exception("api-failed name=%s", name)
            return "-ERR Operation failed\n"

    # -- channels -----------------------------------------------------------------------------------------------------

    def locate(self, uuid_: str) -> Session | None:
        """A channel that has not hung up."""
        session = self.sessions.get(uuid_)
        return session if session is not None and session.is_up else None

    def add(self, session: Session) -> None:
        """Put a channel into the registry."""
        self.sessions[session.uuid] = session
        self.rate.count(self.now() / 1_000_000)
        self.peak = max(self.peak, len(self.sessions))

    def forget(self, session: Session) -> None:
        """Take it out, first when it reported, for good when it is destroyed."""
        self.sessions.pop(session.uuid, None)
        if session.running_state is State.DESTROY or session.state is State.DESTROY:
            self.leaving.discard(session)
        else:
            self.leaving.add(session)

    def incoming(self, call: SipCall) -> None:
        """A new inbound INVITE (called by the stack)."""
        is_full = len(self.sessions) >= self.conf.max_sessions or self.rate.is_full(self.now() / 1_000_000)
        if self.is_stopping or is_full:
            call.reject(503, headers={"Retry-After": "300"}, phrase="Maximum Calls In Progress")
            return
        if call.request.get("proxy-authorization") and not call.auth_user and not self._authenticate(call):
            return
        status, replaced = replacing.judge(self, call)
        if status:
            call.reject(status, headers=self.challenge(call) if status == replacing.WHO_ARE_YOU else None)
            return
        session = legs.inbound_session(self, call)
        if replaced is not None:
            replacing.take_place(session, replaced)
        self.add(session)
        session.start()

    def _authenticate(self, call: SipCall) -> bool:
        """A caller that shows a password is judged even where none is asked for, as mod_sofia does."""
        assert self.stack is not None
        verdict = self.stack.authenticator.judge(call.request, source_of(call.remote_addr), 407)
        if not verdict.is_right:
            call.reject(verdict.status, headers=dict(verdict.headers))
            return False
        call.auth_user = verdict.user
        return True

    def challenge(self, call: SipCall) -> dict[str, str]:
        """The header that asks a caller for a password (``respond 407``)."""
        if self.stack is None:
            return {}
        return dict(self.stack.authenticator.judge(call.request, source_of(call.remote_addr), 407).headers)

    def refer(self, session: Session, target: str, by: str) -> bool:
        """A phone sent REFER; False: refused."""
        return refer(session, target, by)

    def leg_changed(self, session: Session) -> None:
        """A leg rang, opened media or was answered: whoever dials it looks again."""
        watcher = session.dialer
        if watcher is not None:
            watcher()

    def inline_actions(self, text: str) -> list[Action]:
        r"""The ``inline`` dialplan: ``'m:^:app:data^app:data'`` or ``app:data,app:data`` (``\,``: a comma of data)."""
        separator = ","
        if text.startswith("m:"):
            separator, text = text[2], text[4:]
        parts = [part.partition(":") for part in separate(text, separator) if part]
        return [Action(name.strip(), data) for name, _, data in parts]

    def session_timer(self, said: str | None) -> SessionTimer:
        """How a leg is asked whether anybody is there; ``said``: its own ``sofia_session_timeout``, in seconds."""
        wanted = self.conf.globals.get("sofia_session_timeout") if said is None else said
        return self.conf.profile.session_timer_of(wanted)

    def sound_path(self, name: str) -> Path:
        """Where a relative sound file lies."""
        return Path(self.conf.globals.get("sounds_dir", ".")) / name


async def _guarded(work: object, name: str) -> None:
    try:
        await work  # type: ignore[misc]
    except asyncio.CancelledError:
        raise
    except Exception:
        log.exception("background-failed name=%s", name)
