"""The softphone against the soft switch's stack, over real UDP on loopback, in real time but briefly."""

from __future__ import annotations

import asyncio
import functools
import socket
import struct
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from eslapp.softphone import CallFailed, Phone, PhoneError, tone_share
from eslapp.softswitch.media.recording import Recorder
from eslapp.softswitch.media.sources import ToneSource
from eslapp.softswitch.sip.stack import Credentials, SipCall, SipStack, Timers

pytestmark = pytest.mark.system  # real sockets


def in_loop(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Run an async test in a loop of its own, at most 20 s."""

    @functools.wraps(test)
    def sync(*args: Any, **kwargs: Any) -> None:
        async def bounded() -> None:
            await asyncio.wait_for(test(*args, **kwargs), 20)

        asyncio.run(bounded())

    return sync


class Exchange:
    """A switch small enough for a test: a number is a way to treat the caller."""

    def __init__(self) -> None:
        self.calls: list[SipCall] = []
        self.digits: list[tuple[str, int]] = []
        self.ended = asyncio.Event()
        self.stack: SipStack

    def incoming(self, call: SipCall) -> None:
        self.calls.append(call)
        call.media.on_digit = lambda digit, units, _: self.digits.append((digit, units))
        call.on_end = lambda *_: self.ended.set()
        if call.to_user == "busy":
            call.hangup(17, "USER_BUSY")
        elif call.to_user == "ring":
            call.ring()
        elif call.to_user == "early":
            call.early_media()
            call.media.play(ToneSource([(425.0,)], repeats=None))
        elif call.to_user in ("1001", "1002"):
            self.connect(call)
        else:
            call.answer()
            if call.to_user == "tone":
                call.media.play(ToneSource([(440.0,)], repeats=None))

    def connect(self, call: SipCall) -> None:
        """Ring a registered phone and bridge."""
        binding = self.stack.registrar.find(call.to_user)
        if binding is None:
            call.hangup(20, "SUBSCRIBER_ABSENT")
            return
        other = self.stack.invite(binding.contact, binding.network_addr, caller_name="Li", caller_number=call.from_user)
        call.ring()

        def answered() -> None:
            call.answer()
            call.media.bridge(other.media)

        other.on_answer = answered
        other.on_end = lambda by_remote, code, cause: by_remote and call.hangup(cause or 16, "X")
        call.on_end = lambda by_remote, code, cause: by_remote and other.hangup()
        other.on_hold, other.on_unhold = (lambda: call.reinvite("sendonly")), (lambda: call.reinvite("sendrecv"))


def users(name: str) -> Credentials | None:
    return Credentials(name, "right") if name in ("1001", "1002") else None


@asynccontextmanager
async def exchange(**options: Any) -> AsyncIterator[tuple[Exchange, str]]:
    made = Exchange()
    made.stack = SipStack("127.0.0.1", 0, listener=made, domain="127.0.0.1", users=users, **options)
    port = await made.stack.start()
    try:
        yield made, f"127.0.0.1:{port}"
    finally:
        await made.stack.stop()


@in_loop
async def test_register_and_be_refused() -> None:
    async with exchange() as (switch, server):
        async with Phone(server, "1001", "right") as phone:
            await phone.register()
            await phone.register(expires_s=60)
            binding = switch.stack.registrar.find("1001")
            assert phone.is_registered and binding and binding.expires_s == 60
        assert switch.stack.registrar.find("1001") is None  # signed off with the end of the block
        for user, password in (("1001", "wrong"), ("1999", "right")):
            async with Phone(server, user, password) as phone:
                with pytest.raises(CallFailed, match="registration refused: 403") as caught:
                    await phone.register()
                assert caught.value.status == 403


@in_loop
async def test_nobody_answers_within_the_timeout() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:  # a closed port would refuse at once
        silent.bind(("127.0.0.1", 0))
        await nobody_at(f"127.0.0.1:{silent.getsockname()[1]}")


async def nobody_at(server: str) -> None:
    async with Phone(server, "1001", "right", timers=Timers(t1=0.05)) as phone:
        with pytest.raises(PhoneError, match=f"no answer from {server} within 0.1 s"):
            await phone.register(timeout=0.1)
        call = await phone.dial("1")
        with pytest.raises(PhoneError, match="call to 1: not answered"):
            await call.answered(timeout=0.1)
        with pytest.raises(PhoneError, match="nobody called within 0.1 s"):
            await phone.next_call(timeout=0.1)


@in_loop
async def test_a_registration_is_refreshed_before_it_runs_out() -> None:
    async with exchange() as (switch, server):
        seen: list[bool] = []
        changed = asyncio.Event()
        switch.stack.registrar.on_registered = lambda binding, again: (seen.append(again), changed.set())[1]
        async with Phone(server, "1001", "right") as phone:
            await phone.register(expires_s=1)
            changed.clear()
            await asyncio.wait_for(changed.wait(), 3)
            assert seen == [False, True] and phone.is_registered


@in_loop
async def test_a_tone_is_heard_and_digits_are_counted_once_both_ways() -> None:
    async with exchange() as (switch, server), Phone(server, "1001") as phone:
        call = await phone.dial("tone")
        await call.answered(timeout=5)
        await call.heard.tone(440, timeout=5, share=0.95)
        assert call.heard.share_of(600) < 0.1
        await call.press("19#", duration_ms=60)
        assert switch.digits == [("1", 480), ("9", 480), ("#", 480)]
        for digit in "42":
            switch.calls[0].media.send_digit(digit, 60)
        await call.heard.digit("42", timeout=3)
        assert call.heard.digits == "42"
        switch.calls[0].media.stop()
        await call.heard.silence(timeout=3)
        info: list[str] = []
        switch.calls[0].on_info_dtmf = lambda digit, ms: info.append(digit)
        await call.press("5", by_info=True)
        await call.hang_up()
        ending = await call.ended(timeout=1)
        assert (ending.by_remote, ending.q850) == (False, 16)
        await asyncio.wait_for(switch.ended.wait(), 3)
        assert info == ["5"]


@in_loop
async def test_busy_cancel_and_early_media() -> None:
    async with exchange() as (switch, server), Phone(server, "1001") as phone:
        busy = await phone.dial("busy")
        with pytest.raises(CallFailed) as caught:
            await busy.answered(timeout=3)
        assert caught.value.status == 486 and busy.ending is not None and busy.ending.q850 == 17
        ringing = await phone.dial("ring")
        assert await ringing.ringing(timeout=3) == 180 and not ringing.is_up
        switch.ended.clear()  # the busy one's
        await ringing.hang_up()
        await asyncio.wait_for(switch.ended.wait(), 3)
        assert switch.calls[-1].state == "over"
        early = await phone.dial("early")
        assert await early.ringing(timeout=3) == 183
        await early.heard.tone(425, timeout=3)


@in_loop
async def test_two_phones_talk_hold_and_part(tmp_path: Path) -> None:
    async with (
        exchange() as (switch, server),
        Phone(server, "1001", "right") as agent,
        Phone(server, "900", name="Ann") as caller,
    ):
        await agent.register()
        call = await caller.dial("1001")
        answer = await agent.next_call(timeout=3)
        assert (answer.caller, answer.caller_name) == ("900", "Li")
        await call.ringing(timeout=3)
        await answer.accept()
        await call.answered(timeout=3)
        call.start_playing(ToneSource([(700.0,)], repeats=None))
        answer.start_playing(ToneSource([(1100.0,)], repeats=None))
        await answer.heard.tone(700, timeout=3)
        await call.heard.tone(1100, timeout=3)
        recorder = Recorder(str(tmp_path / "r.wav"))
        switch.calls[0].media.add_tap(recorder)
        await call.heard.until(lambda: recorder.milliseconds >= 300, 3, "enough to record")
        switch.calls[0].media.remove_tap(recorder)
        assert (await asyncio.wait_for(recorder.stop(), 3)).error == ""
        await call.press("7", duration_ms=60)
        await answer.heard.digit("7", timeout=3)
        await answer.hold()
        await call.held(timeout=3)
        await call.heard.silence(timeout=3)
        await answer.resume()
        await call.resumed(timeout=3)
        await call.heard.tone(1100, timeout=3)
        await call.hang_up()
        assert (await answer.ended(timeout=3)).by_remote
    left, right = sides(tmp_path / "r.wav")
    assert tone_share(left, 700) > 0.6 and tone_share(left, 1100) < 0.05
    assert tone_share(right, 1100) > 0.6 and tone_share(right, 700) < 0.05


def sides(path: Path) -> tuple[bytes, bytes]:
    """160 ms of both channels."""
    with wave.open(str(path)) as file:
        assert file.getnchannels() == 2
        samples = struct.unpack(f"<{2 * file.getnframes()}h", file.readframes(file.getnframes()))
    return struct.pack("<1280h", *samples[0:2560:2]), struct.pack("<1280h", *samples[1:2560:2])


@in_loop
async def test_files_are_said_and_what_was_heard_is_saved(tmp_path: Path) -> None:
    async with exchange() as (switch, server), Phone(server, "1001") as phone:
        call = await phone.dial("echo")
        with pytest.raises(PhoneError, match="cannot speak, the call is calling"):
            call.start_playing(ToneSource([(1.0,)]))
        await call.answered(timeout=3)
        with pytest.raises(FileNotFoundError):
            await call.play(tmp_path / "none.wav")
        heard: list[bytes] = []
        switch.calls[0].media.add_tap(lambda said, _: heard.append(said))
        switch.calls[0].media.play(ToneSource([(500.0,)], repeats=None))
        await call.play_tone(800, 0.3)
        await call.heard.tone(500, timeout=3)
        assert tone_share(b"".join(heard)[:4800][-3200:], 800) > 0.6
        call.heard.save(str(tmp_path / "heard.wav"))
        with wave.open(str(tmp_path / "heard.wav")) as file:
            assert file.getnframes() == 160 * len(call.heard.frames)
        with pytest.raises(PhoneError, match="a tone of 900 Hz was not heard within 0.1 s"):
            await call.heard.tone(900, timeout=0.1)


@in_loop
async def test_rejecting_and_waiting_on_a_dead_call() -> None:
    async with exchange() as (switch, server), Phone(server, "1001", "right") as agent, Phone(server, "900") as caller:
        await agent.register()
        call = await caller.dial("1001")
        await (await agent.next_call(timeout=3)).reject(603)
        with pytest.raises(CallFailed):
            await call.answered(timeout=3)
        with pytest.raises(CallFailed, match="call to 1001: not answered, the call ended: refused with 480"):
            await call.answered(timeout=3)
        with pytest.raises(PhoneError, match="cannot press keys, the call is over"):
            await call.press("1")
        with pytest.raises(CallFailed) as caught:
            await (await caller.dial("1002")).answered(timeout=3)
        assert caught.value.status == 480


@in_loop
async def test_calls_behind_a_password() -> None:
    async with exchange(auth_calls=True) as (switch, server):
        async with Phone(server, "1001", "right") as phone, Phone(server, "1001", "wrong") as thief:
            call = await phone.dial("any")
            await call.answered(timeout=3)
            assert switch.calls[0].auth_user == "1001"
            with pytest.raises(CallFailed) as caught:
                await (await thief.dial("any")).answered(timeout=3)
            assert caught.value.status == 403 and len(switch.calls) == 1


def test_tones_are_told_apart() -> None:
    for hertz in (350, 697, 1477, 3000):
        source = ToneSource([(float(hertz),)], on_ms=200)
        pcm = b"".join(source.read() or b"" for _ in range(10))
        shares = {other: tone_share(pcm, other) for other in (350, 697, 1477, 3000)}
        assert shares.pop(hertz) > 0.95 and max(shares.values()) < 0.05
    assert tone_share(b"", 440) == tone_share(bytes(3200), 440) == 0.0
