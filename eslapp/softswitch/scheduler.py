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
from eslapp.softswitch.numbers import leading_number
from eslapp.softswitch.profile import Header

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session
    from eslapp.softswitch.switch import Switch

MAX_TASKS = 10_000
MAX_SECONDS = 10 * 365 * 86_400


@dataclass
class Task:
    """One thing to do, with ``repeat_s`` again and again."""

    id: int
    description: str
    group: str
    runtime: int
    timer: asyncio.TimerHandle
    do: Callable[[], None]
    repeat_s: int = 0

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
        """``when`` is ``+seconds``, ``@seconds`` (again and again) or an epoch; None when too much is scheduled.

        As in FreeSWITCH an epoch that has been is taken for seconds, again and again.
        """
        if len(self._tasks) >= MAX_TASKS:
            return None
        now_s = self._switch.now() // 1_000_000
        number = leading_number(when.lstrip("+@"))
        is_epoch = when[:1] not in ("+", "@")
        is_again = when.startswith("@") or (is_epoch and number < now_s)
        seconds = min(MAX_SECONDS, max(0, number - now_s if is_epoch and not is_again else number))
        id_ = self._next
        self._next += 1
        timer = self._timer(seconds, id_)
        task = Task(id_, description, group, now_s + seconds, timer, do, seconds if is_again else 0)
        self._tasks[id_] = task
        self._tell("ADD_SCHEDULE", task)
        return task

    def _timer(self, seconds: int, id_: int) -> asyncio.TimerHandle:
        until_s = seconds_until_epoch(seconds, self._switch.now())
        return asyncio.get_running_loop().call_later(until_s, self._run, id_)

    def hangup(self, session: Session, when: str, cause: str, *, is_other: bool = False) -> bool:
        """Hang a channel up later, or the one it is joined with then."""

        def do() -> None:
            leg = session.partner if is_other else session
            if leg is not None and leg.is_up:
                leg.hangup(causes.name_of(cause))

        return self.add(when, "switch_ivr_schedule_hangup", session.uuid, do) is not None

    def transfer(self, session: Session, when: str, words: list[str]) -> bool:
        """Transfer a channel later."""

        def do() -> None:
            if session.is_up:
                session.transfer(*words[:3])

        return self.add(when, "switch_ivr_schedule_transfer", session.uuid, do) is not None

    def api(self, when: str, description: str, group: str, text: str, *, is_told: bool = True) -> int:
        """Run an API command later, with ``@seconds`` again and again; the task's number, 0: none.

        ``is_told``: with its API event.
        """
        name, _, argument = text.partition(" ")

        def do() -> None:
            self._switch.background(self._switch.call_api(name, argument, is_told=is_told), description)

        task = self.add(when, description, group, do)
        return task.id if task is not None else 0

    def delete(self, what: str) -> int:
        """Delete by id or group; how many went."""
        gone = [task for task in self._tasks.values() if str(task.id) == what or task.group == what]
        for task in gone:
            task.timer.cancel()
            del self._tasks[task.id]
            self._tell("DEL_SCHEDULE", task)
        return len(gone)

    def _tell(self, event: str, task: Task) -> None:
        """FreeSWITCH's scheduler tells from its own thread: after what asked for it, or what it did."""
        asyncio.get_running_loop().call_soon(self._switch.fire, event, task.headers())

    def stop(self) -> None:
        """Forget everything."""
        for task in self._tasks.values():
            task.timer.cancel()
        self._tasks.clear()

    def _run(self, id_: int) -> None:
        """A task's second has come; all of that second run in the order they were added."""
        task = self._tasks.get(id_)
        if task is None:
            return
        for due in [each for each in self._tasks.values() if each.runtime <= task.runtime]:
            due.timer.cancel()
            if due.id not in self._tasks:
                continue
            due.do()
            if due.repeat_s and due.id in self._tasks:
                due.runtime = self._switch.now() // 1_000_000 + due.repeat_s
                due.timer = self._timer(due.repeat_s, due.id)
                self._tell("RE_SCHEDULE", due)
            elif self._tasks.pop(due.id, None) is not None:
                self._tell("DEL_SCHEDULE", due)
