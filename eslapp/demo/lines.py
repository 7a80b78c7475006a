"""A telephone for code that does not run on an event loop: every method waits until it is done.

Owns: the thread with the loop. Not here: the telephone itself (``eslapp.softphone``).

    with Line(("127.0.0.1", 5060), "13800138000") as line:
        line.dial("1000")
        line.press_when_quiet("1")
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Mapping
from types import TracebackType
from typing import Any, TypeVar

from eslapp.demo.timeline import Unseen
from eslapp.softphone import Phone, PhoneCall, PhoneError

T = TypeVar("T")
MARGIN_S = 5.0  # for what each wait's own deadline should have ended
QUIET_S = 1.0


class Line:
    """One phone, one call at a time. What the other side does not do in time is ``Unseen``."""

    def __init__(self, server: tuple[str, int], user: str = "", password: str = "", *, host: str = "127.0.0.1") -> None:
        self._phone = Phone(server, user, password, host=host)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._call: PhoneCall | None = None

    def __enter__(self) -> Line:
        self._thread.start()
        self._wait(self._phone.start(), 5)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._wait(self._phone.stop(), 5)
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(5)
            self._loop.close()

    @property
    def call(self) -> PhoneCall:
        """The call; ``Unseen`` before there is one."""
        if self._call is None:
            raise Unseen("a call on the line")
        return self._call

    def register(self) -> None:
        """Sign on."""
        self._wait(self._phone.register(), 10)

    def dial(self, target: str, headers: Mapping[str, str] | None = None, *, within_s: float = 15.0) -> None:
        """Call and be answered."""
        self._call = self._wait(self._phone.dial(target, headers=headers), 5)
        self._wait(self.call.answered(within_s), within_s)

    def pick_up(self, *, within_s: float = 20.0) -> None:
        """Answer the next call."""
        self._call = self._wait(self._phone.next_call(within_s), within_s)
        self._wait(self.call.accept(), 5)

    def press_when_quiet(self, keys: str, *, within_s: float = 20.0) -> None:
        """Hear a question to its end, then press."""

        async def act() -> None:
            await self.call.heard.sound(timeout=within_s)
            await self.call.heard.silence(timeout=within_s, for_s=QUIET_S)
            await self.call.press(keys)

        self._wait(act(), 2 * within_s)

    def hang_up(self) -> None:
        """End it."""

        async def act() -> None:
            await self.call.hang_up()
            await self.call.ended(timeout=5)

        self._wait(act(), 10)

    def _wait(self, work: Coroutine[Any, Any, T], within_s: float) -> T:
        try:
            return asyncio.run_coroutine_threadsafe(work, self._loop).result(within_s + MARGIN_S)
        except (PhoneError, TimeoutError) as error:
            raise Unseen(str(error) or "the telephone in time") from None
