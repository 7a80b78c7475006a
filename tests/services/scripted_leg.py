"""A switch's side of one leg for tests: it does what it is told at once, and hangs up at a wanted moment.

Not here: which moments are tried (``test_hang_up_everywhere``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gevent
from gevent.event import AsyncResult
from gevent.event import Event as Flag
from gevent.queue import Queue

from eslapp.esl.call import Completion
from eslapp.esl.codec import Event
from eslapp.esl.errors import LegGone

CAUSE = "ORIGINATOR_CANCEL"


class Leg:
    """A switch's side of one leg that does what it is told at once, and hangs up at the wanted moment.

    What would take real time (music, a recording) and is not the wanted moment ends with a hang-up, too.
    """

    def __init__(self, uuid: str, moment: tuple[int, str]) -> None:
        self.uuid, self._moment = uuid, moment
        self.channel = Event({"Answer-State": "answered", "Unique-ID": uuid}, "")
        self.variables = self.channel.variables()
        self.digits: Queue[str] = Queue()
        self.pressed, self.gone = Flag(), Flag()
        self.loss: LegGone | None = None
        self._done = 0
        self._orders: list[AsyncResult] = []  # what plays

    def lost(self) -> LegGone:
        return LegGone(self.loss.cause if self.loss else CAUSE)

    def hang_up(self, cause: str = CAUSE) -> None:
        self.loss = self.loss or LegGone(cause)
        orders, self._orders = self._orders, []
        for order in orders:
            order.set_exception(self.lost())
        self.gone.set()

    def _step(self, *, takes_time: bool = False) -> None:
        if self.loss is not None:
            raise self.lost()
        self._done += 1
        number, when = self._moment
        if self._done >= number and when == "before":
            self.hang_up()
            raise self.lost()
        if self._done >= number and when == "during" and not takes_time:
            gevent.sleep(0)
            self.hang_up()
            raise self.lost()
        if takes_time:
            gevent.spawn(self._later)
        elif self._done >= number:
            self.hang_up()

    def asked(self, perform: Callable[[Any, Any], Any], call: Any, effect: Any) -> Any:
        """A service is a doing, too: the caller may be gone before, while or after it works."""
        self._done += 1
        number, when = self._moment
        is_now = self._done >= number
        if is_now and when == "before":
            self.hang_up()
        elif is_now and when == "during":
            gevent.spawn(self.hang_up)
        happening = perform(call, effect)
        if is_now:
            self.hang_up()
        return happening

    def _later(self) -> None:
        gevent.sleep(0.003)  # the line is looked at meanwhile: somebody may be rung
        self.hang_up()

    def execute(self, app: str, arg: str = "", timeout: float = 0.0, *, lock: bool = True) -> Completion:
        self._step()
        told = {"Application": app, "Application-Response": "FILE PLAYED"}
        told |= {"variable_zj_digits": "1", "variable_read_result": "success"}
        told["variable_originate_disposition"] = "USER_BUSY"
        return Completion("FILE PLAYED", Event(told, ""))

    def order(self, app: Any, *, lock: bool = True, timeout: float = 0.0) -> tuple[str, AsyncResult]:
        self._step(takes_time=True)
        self._orders.append(AsyncResult())
        return "order", self._orders[-1]

    def api(self, line: str, timeout: float = 0.0) -> str:
        if line.startswith("uuid_kill"):
            self.hang_up(line.split()[2])
            return "+OK"
        if line.startswith("uuid_break"):
            return "+OK"
        self._step(takes_time=line.startswith("uuid_record") and " start " in line)
        return "+OK"

    def close(self) -> None:
        self.hang_up("closed")
