"""One call under our control: run applications on its leg and know at once when it is lost.

Owns: ordering an application and finding its completion again by ``Application-UUID``; digits; hang-up or being taken
away. Not here: accepting connections (``server``), what to play (``eslapp.services.caller_leg``).

A leg is lost in two ways. ``LegGone``: it hung up. ``LegTaken``: it lives, but a bridge or a transfer took it out of
our ``socket`` application (FreeSWITCH then ends that application and leaves the connection open), or the connection
closed without a hang-up. Whatever waits then fails at once, and every later ``execute`` too.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gevent
from gevent.event import AsyncResult

from .codec import Event, Variables
from .commands import App, refusal
from .doors import leg
from .doors import line as one_line
from .errors import LegGone, LegLost, LegTaken, SwitchRefused, SwitchTimeout
from .messages import execute_message
from .watched import WatchedLeg

LINGER_S = 5  # the switch sends the rest of a call's events after the hang-up
# What "myevents" brings and nobody here reads: each costs the switch and us a dump of the whole leg.
UNREAD = (
    "CALL_UPDATE CHANNEL_ANSWER CHANNEL_APPLICATION CHANNEL_BRIDGE CHANNEL_CALLSTATE CHANNEL_CREATE CHANNEL_DATA"
    " CHANNEL_DESTROY CHANNEL_EXECUTE CHANNEL_HANGUP_COMPLETE CHANNEL_HOLD CHANNEL_ORIGINATE CHANNEL_OUTGOING"
    " CHANNEL_PARK CHANNEL_PROGRESS CHANNEL_PROGRESS_MEDIA CHANNEL_STATE CHANNEL_UNBRIDGE CHANNEL_UNHOLD"
    " CHANNEL_UNPARK CHANNEL_UUID CODEC MEDIA_BUG_START MEDIA_BUG_STOP PLAYBACK_START PLAYBACK_STOP PRESENCE_IN"
    " RECORD_START RECV_RTCP_MESSAGE"
)
BEGINNING = ("connect", f"linger {LINGER_S}", "myevents json", f"nixevent {UNREAD}")


@dataclass(frozen=True, slots=True)
class Completion:
    """An application's end: its response (``FILE PLAYED``, ``_none_``, ...) and the leg's variables then."""

    response: str
    event: Event

    @property
    def variables(self) -> Variables:
        return self.event.variables()


class CallControl(WatchedLeg):
    """Mixin before ``Reliable`` and greenswitch's ``OutboundSession``: see ``server.OutboundCall``."""

    def __init__(self, address: Any, sock: Any) -> None:
        self.channel = Event()  # the dump the switch sent when it connected
        self.variables = self.channel.variables()  # when it connected, then as of the latest completion
        self.watch()
        self.on_lost: Callable[[LegLost], None] | None = None  # called once, in order with the events
        self._orders: dict[str, AsyncResult] = {}
        super().__init__(address, sock)

    def begin(self, timeout: float = 2.0) -> None:
        """Say ``connect``, have the leg's events sent as JSON, and learn who it is. Raises ``SwitchError``."""
        try:
            with gevent.Timeout(timeout):
                dump, *rest = self.post_all(*BEGINNING)
                self.channel = dump.get()
                replies = [slot.get() for slot in rest]
        except gevent.Timeout:
            self.fail(f"no answer to connect within {timeout:g} s")
            raise SwitchTimeout(self.failure) from None
        for reply in replies:
            if refusal(reply.data):
                raise SwitchRefused(f"the socket application needs 'async full': {refusal(reply.data)}")
        self.session_data = self.channel.headers
        self.variables = self.channel.variables()
        leg(self.uuid, "Unique-ID")

    def execute(self, app: str, arg: str = "", timeout: float = 60.0, *, lock: bool = True) -> Completion:
        """Run an application to its end: ``call.execute(*commands.playback(path), 30)``.

        Raises ``LegGone``, ``LegTaken``, ``SwitchTimeout`` (the application may still be running), ``SwitchRefused``.
        """
        if self.loss is not None:
            raise self.lost()
        order, ended = self.order(App(app, arg), lock=lock, timeout=timeout)
        try:
            event: Event = ended.get(timeout=timeout)
        except gevent.Timeout:
            raise SwitchTimeout(f"{app} did not end within {timeout:g} s") from None
        finally:
            self._orders.pop(order, None)
        self.variables = event.variables()
        return Completion(event.get("Application-Response"), event)

    def order(self, app: App, *, lock: bool = True, timeout: float = 10.0) -> tuple[str, AsyncResult]:
        """Have an application started; its completion's event arrives in the result."""
        order = str(uuid.uuid4())
        ended = self._orders[order] = AsyncResult()
        try:
            reply = self.send(execute_message(app, order, lock=lock), timeout)
            if refusal(reply.data):
                raise SwitchRefused(f"{app.name}: {refusal(reply.data)}")
        except BaseException:
            self._orders.pop(order, None)
            raise
        return order, ended

    def api(self, line: str, timeout: float = 5.0) -> str:
        """Run an api line over this call's connection. Raises ``SwitchError``."""
        return self.send(f"api {one_line(line)}", timeout).data

    def api_all(self, lines: Sequence[str], timeout: float = 5.0) -> None:
        """Run these, one behind the other whatever becomes of us; raises ``SwitchRefused`` for the first refused."""
        slots = self.post_all(*(f"api {one_line(line)}" for line in lines))
        for line, slot in zip(lines, slots, strict=True):
            if complaint := refusal(self.await_reply(slot, timeout, line).data):
                raise SwitchRefused(f"{line.split(None, 1)[0]}: {complaint}")

    def close(self) -> None:
        """Let go of the leg: its dialplan goes on behind ``socket``. Never waits for the switch."""
        self.fail("closed by us")

    # --- in the reading greenlet ----------------------------------------------------------------------------------

    def replied(self, reply: Event) -> None:
        if not self.uuid and reply.name == "CHANNEL_DATA":
            self.uuid = reply.uuid  # at once: the hang-up may already be in the same packet

    def received(self, event: Event) -> None:
        if not event.uuid or event.uuid != self.uuid:
            return
        if event.name == "CHANNEL_EXECUTE_COMPLETE":
            waiting = self._orders.pop(event.get("Application-UUID"), None)
            if waiting is not None:
                waiting.set(event)
            elif event.get("Application") == "socket":
                self.lose(LegTaken("the leg was bridged or transferred away"))
        elif event.name in ("CHANNEL_HANGUP", "CHANNEL_HANGUP_COMPLETE"):
            self.lose(LegGone(event.get("Hangup-Cause") or "UNKNOWN"))
        elif event.name == "DTMF":
            self.press(event.get("DTMF-Digit")[:1])

    def on_failed(self) -> None:
        self.lose(LegTaken(f"the connection ended: {self.failure}"))

    def lose(self, loss: LegLost) -> bool:
        if not super().lose(loss):
            return False
        orders, self._orders = self._orders, {}
        for waiting in orders.values():
            waiting.set_exception(self.lost())
        self.enqueue(self._tell)
        return True

    def _tell(self) -> None:
        if self.on_lost is not None and self.loss is not None:
            self.on_lost(self.loss)
