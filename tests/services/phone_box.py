"""Softphones for tests that live in gevent: they run in a thread of their own, with asyncio's loop in it."""

from __future__ import annotations

import asyncio
import math
import struct
import threading
import wave
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import gevent

from eslapp.softphone.phone import Phone

T = TypeVar("T")
RATE = 8000


class PhoneBox:
    """``with PhoneBox(sip_address) as box: call = box.run(box.phone().dial("2000"))``; other greenlets go on."""

    def __init__(self, server: tuple[str, int]) -> None:
        self._server = server
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._phones: list[Phone] = []

    def __enter__(self) -> PhoneBox:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for phone in self._phones:
            self.run(phone.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)

    def run(self, work: Coroutine[Any, Any, T], timeout: float = 10.0) -> T:
        """Have it done in the phones' thread; only this greenlet waits."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        return gevent.get_hub().threadpool.apply(future.result, (timeout,))

    def phone(self, user: str = "1000", password: str = "") -> Phone:
        """A started phone; with a password also registered."""
        phone = Phone(self._server, user, password, name="Lab Caller")
        self.run(phone.start())
        self._phones.append(phone)
        if password:
            self.run(phone.register())
        return phone


def write_tone(path: Path, hertz: float, seconds: float) -> str:
    """A WAV of one tone; its path."""
    samples = (round(9000 * math.sin(2 * math.pi * hertz * n / RATE)) for n in range(int(RATE * seconds)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return str(path)
