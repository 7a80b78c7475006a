"""What is known of one leg while somebody drives it: its keys, and whether it is lost.

Owns: the digits pressed and not yet read, the loss. Not here: what brings them (``call`` for a leg with a connection
of its own, ``eslapp.services.resting`` for one without).
"""

from __future__ import annotations

from gevent.event import Event as Flag
from gevent.queue import Queue

from .errors import LegGone, LegLost, SwitchError

DIGITS_BOUND = 64  # keys pressed and not yet read; a flood drops the newest


class WatchedLeg:
    """Call ``watch`` first. A leg is lost once, for good."""

    uuid = ""

    def watch(self) -> None:
        """Begin: nothing pressed, nothing lost."""
        self.digits: Queue[str] = Queue(maxsize=DIGITS_BOUND)
        self.pressed = Flag()  # set with every digit; whoever waits for one clears it
        self.digits_dropped = 0
        self.loss: LegLost | None = None
        self.gone = Flag()  # set with ``loss``

    def press(self, digit: str) -> None:
        """A key, as the switch tells it."""
        if digit and not self.digits.full():
            self.digits.put_nowait(digit)
        else:
            self.digits_dropped += 1
        self.pressed.set()

    def lose(self, loss: LegLost) -> bool:
        """It is lost; False where it was before."""
        if self.loss is not None:
            return False
        self.loss = loss
        self.gone.set()
        return True

    def lost(self) -> Exception:
        """A fresh exception each time: it is raised in many greenlets."""
        if isinstance(self.loss, LegGone):
            return LegGone(self.loss.cause)
        return type(self.loss)(*self.loss.args) if self.loss else SwitchError("not connected")
