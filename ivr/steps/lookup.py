"""``lookup``: asks the business system over HTTP and keeps what it answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.asking import SystemQuestion
from ivr.effects import SetVariables
from ivr.expressions import ExpressionError
from ivr.fields import WayField
from ivr.scene import Scene
from ivr.step import Exit, Fail, Go, Move, Next, Step, Wait
from ivr.strict_yaml import Path
from ivr.waits import Answered, Happening


class Lookup(SystemQuestion, Step):
    """Both media, says nothing. Asks ``url`` (``GET``, or ``POST`` with ``body`` as JSON) and keeps values of the JSON
    answer under the names of ``save``; a path with ``?`` at its end may be missing.

    Ways out: ``missing`` (404, or a value is not there), ``fails`` (no answer ``within`` the time, an error, the
    system is known to be down; for ``missing`` too where that is not written). ``$(env.NAME)`` are the operator's
    words (addresses, keys); the host never comes from a contact.
    """

    verb = "lookup"
    short = "url"
    EXAMPLE: ClassVar[str] = """
    start:
      - set: {order: 1001}
      - lookup:
          url: $(env.SHOP_URL)/orders/$(order)
          headers: {Authorization: Bearer $(env.SHOP_KEY)}
          within: 2 s
          save: {state: $.state, due: $.lines.0.due?}
          missing: unknown
          fails: person
      - say: {zh: 您的订单状态是$(state)。, en: Your order is $(state).}
      - hangup
    unknown:
      - say: {zh: 没有找到这个订单。, en: We cannot find that order.}
      - hangup
    person:
      - queue: orders
    """

    missing: WayField | None = None

    def enter(self, scene: Scene) -> Move:
        try:
            return Wait((self.request(scene),))
        except ExpressionError as error:
            return Fail(str(error))

    def answer(self, scene: Scene, happening: Happening) -> Move:
        if not isinstance(happening, Answered):
            return Fail("no answer")
        kept = self.read(happening.values)
        if isinstance(kept, str):
            return Fail(kept)
        if kept is None:
            return Go(self.missing, note="missing") if self.missing is not None else Fail("nothing was found")
        return Next((SetVariables(kept),), note="lookup found")

    def exits(self) -> Iterator[Exit]:
        yield Exit("next")
        if self.missing is not None:
            yield Exit("missing", ("missing",), self.missing)

    def names_set(self) -> Iterator[str]:
        yield from self.save

    def names_read(self) -> Iterator[tuple[Path, str]]:
        yield from self.system_names()

    def faults(self) -> Iterator[tuple[Path, str, str]]:
        yield from self.system_faults()
