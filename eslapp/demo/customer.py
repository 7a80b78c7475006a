"""The robot that calls in: dials, listens, presses keys when the voice falls silent, waits in the queue, talks.

Owns: the customer's phone. Not here: what is said when (``story``), SIP and RTP (``eslapp.softphone``).
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable
from pathlib import Path
from typing import TYPE_CHECKING

from eslapp.demo.timeline import Timeline, Unseen
from eslapp.softphone import Phone, PhoneCall, PhoneError
from eslapp.softswitch.media.g711 import loudness

if TYPE_CHECKING:
    from eslapp.demo.story import Stage

NUMBERS = 10_000  # a new caller each time: the language of a known one is not asked again
PROMPT_WITHIN_S = 20.0
QUIET_S = 1.0
QUEUE_SOUND_S = 11.0
LOUD = 200  # RMS of a 16-bit frame that is speech rather than line noise
TAIL_S = 0.6  # what is said may still be on its way when the speaker has finished


async def listening(call: PhoneCall, speaking: Awaitable[None]) -> float:
    """Seconds of sound heard by ``call`` while somebody speaks."""
    begin = call.heard.frames_total
    await speaking
    await call.heard.until(lambda: call.heard.frames_total - begin > TAIL_S / 0.02, 10, "the end of the words")
    count = call.heard.frames_total - begin
    frames = call.heard.frames[-count:]
    return 0.02 * sum(1 for frame in frames if loudness(frame) >= LOUD)


class CustomerRobot:
    """Use as ``async with``; everything waits at most a bounded time and raises ``Unseen``."""

    def __init__(self, stage: Stage, timeline: Timeline) -> None:
        self._phone = Phone(
            (stage.sip_host, stage.sip_port), f"1380013{secrets.randbelow(NUMBERS):04}", name="Robot Customer"
        )
        self._timeline = timeline
        self._call: PhoneCall | None = None

    async def __aenter__(self) -> CustomerRobot:
        await self._phone.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._phone.stop()

    @property
    def call(self) -> PhoneCall:
        """The call; ``Unseen`` before ``dial``."""
        if self._call is None:
            raise Unseen("a call of the customer")
        return self._call

    async def dial(self, number: str) -> None:
        """Call in and hear somebody speak."""
        self._call = await self._phone.dial(number)
        self._timeline.saw("customer", f"dials {number} by SIP", f"拨打 {number}")
        try:
            await self.call.answered(timeout=10)
            self._timeline.saw("customer", "is answered (200 OK)", "接通")
            await self.call.heard.sound(timeout=10)
        except PhoneError as error:
            raise Unseen(str(error)) from None
        self._timeline.saw("customer", "hears the bilingual welcome", "听到中英文欢迎词")

    async def through_menu(self, keys: list[str]) -> None:
        """Wait for each question to end, then press the key for it (RFC 4733)."""
        for key in keys:
            try:
                await self.call.heard.sound(timeout=PROMPT_WITHIN_S)
                await self.call.heard.silence(timeout=PROMPT_WITHIN_S, for_s=QUIET_S)
                await self.call.press(key)
            except PhoneError as error:
                raise Unseen(f"the question before key {key}: {error}") from None
            self._timeline.saw("customer", f"presses {key} (RFC 4733)", f"按键 {key}")

    async def hear_queue(self) -> None:
        """Hear the place and the music for a while."""
        heard_s = await listening(self.call, asyncio.sleep(QUEUE_SOUND_S))
        if heard_s < QUEUE_SOUND_S / 4:
            raise Unseen(f"the queue's announcement and music: {heard_s:.1f} s of sound in {QUEUE_SOUND_S:.0f} s")
        self._timeline.saw("customer", f"hears the place and music ({heard_s:.1f} s of sound)", "听到排队位置和音乐")

    async def speak(self, path: Path) -> None:
        """Say one utterance."""
        await self.call.play(path)

    async def listens_to(self, speaking: Awaitable[None]) -> float:
        """Seconds of sound that arrive here while the other side speaks."""
        return await listening(self.call, speaking)

    async def hang_up(self) -> None:
        """Say BYE and see it confirmed."""
        await self.call.hang_up()
        await self.call.ended(timeout=5)
