"""Tasks at a whole second: ``sched_hangup``, ``sched_transfer``, with FreeSWITCH's schedule events.

Not here: the API texts (``api/sched.py``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eslapp.softswitch import causes
from eslapp.softswitch.deadlines import seconds_until_epoch
from eslapp.softswitch.numbers import is_whole
from eslapp.softswitch.profile import Header

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session
    from eslapp.softswitch.switch import Switch

MAX_TASKS = 10_000


@dataclass
class Task:
    """One thing to do."""

    id: int
    description: str
    group: str
    runtime: int
    timer: asyncio.TimerHandle

    def headers(self) -> list[Header]:
        """What the schedule events say."""
        return [
            ("Task-ID", str(self.id)),
            ("Task-Desc", self.description),
            ("Task-Group", self.group),
            ("Task-Runtime", str(self.runtime)),
        ]


class Scheduler:
    """See the module."""

    def __init__(self, switch: Switch) -> None:
        self._switch = switch
        self._tasks: dict[int, Task] = {}
        self._next = 1

    def add(self, when: str, description: str, group: str, do: Callable[[], None]) -> Task | None:
        """``when`` is ``+seconds`` or an epoch; None when it is neither or too much is scheduled."""
        text = when.removeprefix("+")
        if not is_whole(text) or len(self._tasks) >= MAX_TASKS:
            return None
        now = self._switch.now()
        seconds = int(text) if when.startswith("+") else max(0, int(text) - now // 1_000_000)
        id_ = self._next
        self._next += 1
        loop = asyncio.get_running_loop()
        timer = loop.call_later(seconds_until_epoch(seconds, now), self._run, id_, do)
        task = Task(id_, description, group, now // 1_000_000 + seconds, timer)
        self._tasks[id_] = task
        self._switch.fire("ADD_SCHEDULE", task.headers())
        return task

    def hangup(self, session: Session, when: str, cause: str) -> bool:
        """Hang a channel up later."""

        def do() -> None:
            if session.is_up:
                session.hangup(causes.name_of(cause))

        return self.add(when, "switch_ivr_schedule_hangup", session.uuid, do) is not None

    def transfer(self, session: Session, when: str, words: list[str]) -> bool:
        """Transfer a channel later."""

        def do() -> None:
            if session.is_up:
                session.transfer(*words[:3])

        return self.add(when, "switch_ivr_schedule_transfer", session.uuid, do) is not None

    def delete(self, what: str) -> int:
        """Delete by id or group; how many went."""
        gone = [task for task in self._tasks.values() if str(task.id) == what or task.group == what]
        for task in gone:
            task.timer.cancel()
            del self._tasks[task.id]
            self._switch.fire("DEL_SCHEDULE", task.headers())
        return len(gone)

    def stop(self) -> None:
        """Forget everything."""
        for task in self._tasks.values():
            task.timer.cancel()
        self._tasks.clear()

    def _run(self, id_: int, do: Callable[[], None]) -> None:
        task = self._tasks.pop(id_, None)
        if task is not None:
            self._switch.fire("DEL_SCHEDULE", task.headers())
            do()
