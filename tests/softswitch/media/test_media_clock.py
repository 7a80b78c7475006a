"""The clock keeps its grid: what is late is made up for, what is too late is skipped, nothing drifts."""

from __future__ import annotations

import asyncio
import time

import pytest
from media_lab import in_loop

from eslapp.softswitch.media.clock import MAX_CATCH_UP, TICK_S, MediaClock

pytestmark = pytest.mark.system  # real sockets


class Counting:
    def __init__(self) -> None:
        self.received = 0
        self.indices: list[int] = []
        self.times: list[float] = []
        self.is_closed = False

    def tick_receive(self) -> None:
        self.received += 1

    def tick_send(self, index: int) -> None:
        self.indices.append(index)
        self.times.append(time.monotonic())

    def close(self) -> None:
        self.is_closed = True


async def until(condition, timeout: float = 5.0) -> None:  # type: ignore[no-untyped-def]
    deadline = time.monotonic() + timeout
    while not condition() and time.monotonic() < deadline:
        await asyncio.sleep(0.002)
    assert condition()


@in_loop
async def test_fifty_ticks_a_second_without_drift() -> None:
    clock, port = MediaClock(), Counting()
    began = asyncio.get_running_loop().time()
    clock.add(port)
    first_due = clock._due
    await until(lambda: len(port.indices) >= 25)
    took = asyncio.get_running_loop().time() - began
    assert abs(took / TICK_S - clock.index) <= 2
    ticks = (clock._due - first_due) / TICK_S
    assert abs(ticks - round(ticks)) < 1e-6  # always on the grid of the first tick, however late the loop woke
    clock.remove(port)
    assert len(clock) == 0


@in_loop
async def test_a_stalled_loop_is_made_up_for_up_to_a_bound() -> None:
    clock, port = MediaClock(), Counting()
    clock.add(port)
    await until(lambda: len(port.indices) >= 2)
    before = len(port.indices)
    stall_until = time.monotonic() + 0.07
    while time.monotonic() < stall_until:
        pass
    await until(lambda: len(port.indices) >= before + 3, 0.5)
    assert clock.skipped == 0 and port.indices == list(range(1, len(port.indices) + 1))
    stall_until = time.monotonic() + 0.3
    while time.monotonic() < stall_until:
        pass
    count = len(port.indices)
    await until(lambda: len(port.indices) > count, 0.5)
    assert len(port.indices) - count <= MAX_CATCH_UP + 1
    assert clock.skipped >= 8 and port.indices[-1] == clock.index  # the index jumps over what was skipped
    clock.remove(port)


@in_loop
async def test_it_sleeps_while_nobody_is_on_it_and_a_removed_port_is_not_ticked() -> None:
    clock, first, second = MediaClock(), Counting(), Counting()
    first.tick_receive = lambda: clock.remove(second)  # type: ignore[method-assign]
    clock.add(first)
    clock.add(second)
    await until(lambda: len(first.indices) >= 2)
    assert second.indices == []
    clock.remove(first)
    count = len(first.indices)
    await asyncio.sleep(0.05)  # two ticks that must not be counted
    assert len(first.indices) == count
    clock.add(second)
    await until(lambda: len(second.indices) >= 1)
    clock.remove(second)


@in_loop
async def test_the_time_to_the_next_tick_is_told() -> None:
    clock, port = MediaClock(), Counting()
    assert clock.until_tick_s() == TICK_S  # nobody is on it
    clock.add(port)
    await until(lambda: port.indices)
    told = clock.until_tick_s()
    assert 0.0 <= told <= TICK_S
    before = len(port.indices)
    await until(lambda: len(port.indices) > before)
    clock.remove(port)
    assert clock.until_tick_s() == TICK_S
