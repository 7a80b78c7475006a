"""What a phone's earpiece heard: frames, tones (Goertzel), silence, digits; waits with deadlines.

Not here: what is said (``call.py``).
"""

from __future__ import annotations

import array
import asyncio
import math
import wave
from collections.abc import Callable

from eslapp.softphone.errors import PhoneError
from eslapp.softswitch.media.g711 import RATE, loudness

FRAME_S = 0.02
KEEP_FRAMES = 15_000  # five minutes
LOUD = 200  # RMS of a 16-bit frame that is not silence
WINDOW_FRAMES = 10  # a tone is judged over the last 200 ms


def tone_share(pcm: bytes, hertz: float) -> float:
    """How much of the sound's energy is at one frequency, 0.0 to 1.0 (Goertzel); 0.0 for silence.

    >>> from eslapp.softswitch.media.sources import ToneSource
    >>> tone = ToneSource([(440.0,)], on_ms=200).read()
    >>> tone_share(tone, 440) > 0.9, tone_share(tone, 1000) < 0.1
    (True, True)
    """
    samples = array.array("h", pcm)
    energy = float(sum(sample * sample for sample in samples))
    if energy < LOUD * LOUD * len(samples) / 4 or not samples:
        return 0.0
    coefficient = 2 * math.cos(2 * math.pi * hertz / RATE)
    before = last = 0.0
    for sample in samples:
        before, last = last, sample + coefficient * last - before
    power = last * last + before * before - coefficient * last * before
    return min(1.0, 2 * power / (len(samples) * energy))


class Heard:
    """A tap on a media port's receiving side."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []  # the last five minutes, silence where nothing came
        self.frames_total = 0
        self.digits = ""
        self._waiters: list[tuple[Callable[[], bool], asyncio.Future[None]]] = []
        self._is_over = False

    def __call__(self, heard: bytes, sent: bytes) -> None:
        self.frames.append(heard)
        self.frames_total += 1
        if len(self.frames) > KEEP_FRAMES:
            del self.frames[: KEEP_FRAMES // 10]
        self._check()

    def on_digit(self, digit: str, duration: int, source: str) -> None:
        """A digit ended on the line."""
        self.digits += digit
        self._check()

    @property
    def seconds(self) -> float:
        """How long has been listened."""
        return self.frames_total * FRAME_S

    @property
    def pcm(self) -> bytes:
        """All that was kept, 8 kHz PCM16."""
        return b"".join(self.frames)

    def loudness(self, frames: int = WINDOW_FRAMES) -> int:
        """RMS of the last frames, 0 to 32767."""
        return loudness(b"".join(self.frames[-frames:]))

    def share_of(self, hertz: float, frames: int = WINDOW_FRAMES) -> float:
        """``tone_share`` over the last frames."""
        return tone_share(b"".join(self.frames[-frames:]), hertz) if len(self.frames) >= frames else 0.0

    async def tone(self, hertz: float, timeout: float, *, share: float = 0.6) -> None:
        """Wait until this tone made most of the last 200 ms. PhoneError when the time is over."""
        await self.until(lambda: self.share_of(hertz) >= share, timeout, f"a tone of {hertz:g} Hz")

    async def sound(self, timeout: float) -> None:
        """Wait for 200 ms of anything."""
        await self.until(lambda: self._has_window and self.loudness() >= LOUD, timeout, "any sound")

    async def silence(self, timeout: float, *, for_s: float = 0.2) -> None:
        """Wait until it has been quiet for ``for_s``."""
        frames = max(1, round(for_s / FRAME_S))
        begin = self.frames_total
        await self.until(
            lambda: self.frames_total - begin >= frames and self.loudness(frames) < LOUD, timeout, "silence"
        )

    async def digit(self, wanted: str, timeout: float) -> None:
        """Wait until the digits heard so far end with ``wanted``."""
        await self.until(lambda: self.digits.endswith(wanted), timeout, f"the digits {wanted}")

    async def until(self, is_true: Callable[[], bool], timeout: float, what: str) -> None:
        """Wait until a condition, looked at every 20 ms, is true. PhoneError names ``what``."""
        if is_true():
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (is_true, future)
        self._waiters.append(entry)
        try:
            await asyncio.wait_for(future, timeout)
        except TimeoutError:
            raise PhoneError(f"{what} was not heard within {timeout:g} s (loudness {self.loudness()})") from None
        finally:
            self._waiters.remove(entry)
        if self._is_over and not is_true():
            raise PhoneError(f"{what} was not heard before the call ended")

    def over(self) -> None:
        """The call has ended: nothing more will be heard."""
        self._is_over = True
        for _, future in self._waiters:
            if not future.done():
                future.set_result(None)

    def save(self, path: str) -> None:
        """Write what was heard as a WAV file."""
        with wave.open(path, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(self.pcm)

    @property
    def _has_window(self) -> bool:
        return len(self.frames) >= WINDOW_FRAMES

    def _check(self) -> None:
        for is_true, future in self._waiters:
            if not future.done() and is_true():
                future.set_result(None)
