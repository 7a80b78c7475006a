"""One call on the phone.

Not here: finding and making calls (``phone.py``), SIP and RTP (``eslapp.softswitch.sip``, ``.media``).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from eslapp.softphone.errors import CallFailed, PhoneError
from eslapp.softphone.hearing import Heard
from eslapp.softswitch.media.sources import SilenceSource, Source, ToneSource, WavSource
from eslapp.softswitch.sip.call import SipCall
from eslapp.softswitch.sip.compose import phrase_of


@dataclass(frozen=True)
class Ending:
    """How a call ended."""

    by_remote: bool
    status: int  # SIP code of a refusal, 0 for a BYE
    q850: int  # of the Reason header, 0 without one

    def __str__(self) -> str:
        if self.status:
            return f"{'refused with' if self.by_remote else 'given up after'} {self.status} {phrase_of(self.status)}"
        return f"{'the other side' if self.by_remote else 'this side'} hung up"


class PhoneCall:
    """Outgoing from ``Phone.dial``, incoming from ``Phone.next_call``; ``sip`` is the call underneath."""

    def __init__(self, sip: SipCall) -> None:
        self.sip = sip
        self.heard = Heard()
        self.ending: Ending | None = None
        self.is_held = False  # by the other side
        self._progress: int = 0
        self._is_up = sip.state == "answered"
        self._changed = asyncio.Event()
        sip.media.add_tap(self.heard)
        sip.media.on_digit = self.heard.on_digit
        sip.on_progress = self._on_progress
        sip.on_answer = self._on_answer
        sip.on_end = self._on_end
        sip.on_info_dtmf = lambda digit, _: self.heard.on_digit(digit, 0, "INFO")
        sip.on_hold = lambda: self._on_hold(True)
        sip.on_unhold = lambda: self._on_hold(False)

    @property
    def caller(self) -> str:
        """The number that calls."""
        return self.sip.from_user

    @property
    def caller_name(self) -> str:
        """Its display name."""
        return self.sip.from_display

    @property
    def is_up(self) -> bool:
        """Answered and not ended."""
        return self._is_up and self.ending is None

    # --- waiting ---

    async def ringing(self, timeout: float = 5.0) -> int:
        """Wait for 180 or 183 (or the answer) of the called side; the code."""
        await self._wait(lambda: self._progress != 0 or self._is_up, timeout, "no ringing")
        return self._progress or 200

    async def answered(self, timeout: float = 30.0) -> None:
        """Wait until both sides can speak. CallFailed when the call was refused, PhoneError after the timeout."""
        await self._wait(lambda: self._is_up, timeout, "not answered")

    async def ended(self, timeout: float = 30.0) -> Ending:
        """Wait for the end, whoever makes it."""
        await self._wait(lambda: False, timeout, "not ended", is_end_good=True)
        assert self.ending is not None
        return self.ending

    async def held(self, timeout: float = 5.0) -> None:
        """Wait until the other side puts us on hold."""
        await self._wait(lambda: self.is_held, timeout, "not put on hold")

    async def resumed(self, timeout: float = 5.0) -> None:
        """Wait until the other side takes us off hold."""
        await self._wait(lambda: not self.is_held, timeout, "not taken off hold")

    # --- doing ---

    async def accept(self, timeout: float = 5.0) -> None:
        """Answer an incoming call and wait for the ACK."""
        self.sip.answer()
        await self.answered(timeout)

    async def reject(self, status: int = 486) -> None:
        """Refuse an incoming call."""
        self.sip.reject(status)

    async def hang_up(self) -> None:
        """End it, in whatever state; nothing happens when it is over already."""
        self.sip.hangup()

    async def press(self, digits: str, *, duration_ms: int = 100, by_info: bool = False) -> None:
        """Press keys one after the other; returns when the last one is sent."""
        self._must_be_up("press keys")
        for digit in digits:
            if by_info:
                self.sip.send_info_dtmf(digit, duration_ms)
            else:
                self.sip.media.send_digit(digit, duration_ms)
        timeout = len(digits) * (duration_ms / 1000 + 0.2) + 1
        await self.heard.until(lambda: not self.sip.media.is_sending_digits, timeout, "the end of the key tones")

    async def play(self, what: str | os.PathLike[str] | Source, *, timeout: float = 120.0) -> None:
        """Say a WAV file (or a Source) to the other side; returns at its end. FileNotFoundError: no such file."""
        self._must_be_up("speak")
        source = WavSource(os.fspath(what)) if isinstance(what, (str, os.PathLike)) else what
        done: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.sip.media.play(source, lambda why: None if done.done() else done.set_result(why))
        try:
            await asyncio.wait_for(done, timeout)
        except TimeoutError:
            self.sip.media.stop()
            raise PhoneError(f"{self}: still playing after {timeout:g} s") from None

    async def play_tone(self, hertz: float, seconds: float = 1.0) -> None:
        """Whistle."""
        await self.play(ToneSource([(hertz,)], on_ms=round(1000 * seconds)), timeout=seconds + 5)

    async def play_silence(self, seconds: float = 1.0) -> None:
        """Say nothing, in packets."""
        await self.play(SilenceSource(round(1000 * seconds)), timeout=seconds + 5)

    def start_playing(self, source: Source) -> None:
        """Play without waiting, until ``stop_playing`` or the end of the source."""
        self._must_be_up("speak")
        self.sip.media.play(source)

    def stop_playing(self) -> None:
        """Fall silent."""
        self.sip.media.stop()

    async def hold(self, timeout: float = 5.0) -> None:
        """Put the other side on hold (re-INVITE sendonly) and say nothing to it until ``resume``."""
        await self._reinvite("sendonly", timeout)
        self.sip.media.is_sending = False

    async def resume(self, timeout: float = 5.0) -> None:
        """Take it back."""
        await self._reinvite("sendrecv", timeout)

    async def transfer(self, to: str | PhoneCall, timeout: float = 5.0) -> int:
        """REFER the other side to a ``sip:`` address, or to whom we talk to in another call; the status of its NOTIFY.

        A REFER that is refused gives its own status; PhoneError when nothing is said.
        """
        target = f"<{to}>" if isinstance(to, str) else f"<{to.remote_uri}?Replaces={to.replaces}>"
        done: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def told(status: int) -> None:
            if status >= 200 and not done.done():
                done.set_result(status)

        self.sip.on_notify = lambda event, body: told(_fragment_status(body) if event.startswith("refer") else 0)
        headers = [("Refer-To", target)]
        if not self.sip.send_request("REFER", headers, on_final=lambda status: told(status if status >= 300 else 0)):
            raise PhoneError(f"{self}: cannot transfer now")
        try:
            return await asyncio.wait_for(done, timeout)
        except TimeoutError:
            raise PhoneError(f"{self}: nothing was said about the transfer within {timeout:g} s") from None

    @property
    def remote_uri(self) -> str:
        """The other side's address."""
        sip = self.sip
        return f"sip:{sip.to_user if sip.direction == 'outbound' else sip.from_user}@{host_port(sip.remote_addr)}"

    @property
    def replaces(self) -> str:
        """This call as a Replaces parameter of Refer-To (RFC 3891), escaped."""
        sip = self.sip
        return quote(f"{sip.call_id};to-tag={sip.remote_tag};from-tag={sip.local_tag}", safe="")

    # --- inside ---

    async def _reinvite(self, direction: str, timeout: float) -> None:
        done: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        if not self.sip.reinvite(direction, lambda code: None if done.done() else done.set_result(code)):
            raise PhoneError(f"{self}: cannot offer again now")
        try:
            status = await asyncio.wait_for(done, timeout)
        except TimeoutError:
            raise PhoneError(f"{self}: no answer to the re-INVITE within {timeout:g} s") from None
        if status >= 300:
            raise CallFailed(f"{self}: the re-INVITE was refused with {status}", status)

    async def _wait(self, is_true: Callable[[], bool], timeout: float, what: str, *, is_end_good: bool = False) -> None:
        deadline = asyncio.get_running_loop().time() + timeout
        while not is_true():
            if self.ending is not None:
                if is_end_good:
                    return
                raise CallFailed(f"{self}: {what}, the call ended: {self.ending}", self.ending.status)
            self._changed.clear()
            left = deadline - asyncio.get_running_loop().time()
            try:
                await asyncio.wait_for(self._changed.wait(), max(0.0, left))
            except TimeoutError:
                raise PhoneError(f"{self}: {what} within {timeout:g} s") from None

    def _must_be_up(self, what: str) -> None:
        if self.sip.state not in ("answered", "early"):
            raise PhoneError(f"{self}: cannot {what}, the call is {self.sip.state}")

    def _on_progress(self, code: int, has_media: bool) -> None:
        self._progress = code
        self._changed.set()

    def _on_answer(self) -> None:
        self._is_up = True
        self._changed.set()

    def _on_hold(self, is_held: bool) -> None:
        self.is_held = is_held
        self._changed.set()

    def _on_end(self, by_remote: bool, status: int, q850: int) -> None:
        self.ending = Ending(by_remote, status, q850)
        self.heard.over()
        self._changed.set()

    def __str__(self) -> str:
        arrow = "to " + self.sip.to_user if self.sip.direction == "outbound" else "from " + self.sip.from_user
        return f"call {arrow}"


def _fragment_status(body: bytes) -> int:
    """The status of a message/sipfrag."""
    words = body[:64].split()
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0


def host_port(addr: tuple[str, int]) -> str:
    """As it stands in a URI: an IPv6 address in brackets."""
    return f"[{addr[0]}]:{addr[1]}" if ":" in addr[0] else f"{addr[0]}:{addr[1]}"
