"""``queue``: puts the contact in line for an agent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from ivr.effects import Announce, Effect, EnterQueue, Write
from ivr.fields import Duration, FileName, Name, Text, Way, WayField
from ivr.scene import Scene
from ivr.site import AnnounceSettings, QueueSettings
from ivr.step import Exit, Fail, Go, Move, Next, Step, Stop, Wait
from ivr.waits import CLOSED, CONNECTED_ENDED, FULL, NO_AGENTS, TIMEOUT, Happening, QueueLeft


class _After(BaseModel):
    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    wait: Annotated[Duration, Field(ge=1.0)]
    go: WayField


class Queue(Step):
    """Voice: the greeting, then music and announcements until an agent answers. Text: the greeting as a message.

    Ways out: ``full`` (the queue's ``limit`` are waiting), ``closed`` (its calendar), ``no_agents`` (nobody is signed
    in), ``after: {wait: 2 min, go: ...}``, ``otherwise`` for all of these. Without a way the contact is told that
    nobody is free and the flow ends. When the talk is over the next step is done; without one the flow ends.
    """

    verb = "queue"
    short = "name"
    phrases = ("unavailable",)
    pieces = ("position",)
    EXAMPLE: ClassVar[str] = """
    start:
      - queue:
          name: orders
          priority: 5
          greeting: {zh: 正在转接。, en: We are connecting you.}
          announce: {position: every 30 s}
          music: moh/calm.wav
          after: {wait: 10 min, go: busy}
          full: busy
      - say: {zh: 谢谢，再见。, en: Thank you and goodbye.}
      - hangup
    busy:
      - say: {zh: 请稍后再试。, en: Please try again later.}
      - hangup: {outcome: overflowed}
    """

    name: Name
    priority: Annotated[int, Field(ge=0, le=9)] = 0
    greeting: Text | None = None
    music: FileName = ""
    announce: AnnounceSettings | None = None
    full: WayField | None = None
    closed: WayField | None = None
    no_agents: WayField | None = None
    after: _After | None = None
    otherwise: WayField | None = None

    def enter(self, scene: Scene) -> Move:
        if scene.state.get("sorry"):
            return self._sorry(scene)
        settings = scene.site.queues.get(self.name)
        if settings is None:
            return Fail(f"there is no queue {self.name}")
        if scene.state.get("entered"):  # a contact who stands in line already is not turned away, nor greeted twice
            return Wait((self._entering(scene, settings),), {"entered": True})
        reason = self._turned_away(scene, settings)
        if reason:
            return self._left(scene, reason)
        written = scene.written(self.greeting) if self.greeting is not None and not scene.is_voice else ""
        told: tuple[Effect, ...] = (Write(written),) if written else ()
        return Wait((*told, self._entering(scene, settings)), {"entered": True})

    def _turned_away(self, scene: Scene, settings: QueueSettings) -> str:
        calendar = scene.site.calendars.get(settings.calendar)
        if calendar is not None and calendar.state(scene.moment) != "open":
            return CLOSED
        waiting = scene.facts.get(f"queue.{self.name}.waiting", 0)
        is_full = settings.limit is not None and isinstance(waiting, int | float) and waiting >= settings.limit
        return FULL if is_full else ""

    def _entering(self, scene: Scene, settings: QueueSettings) -> EnterQueue:
        announce = self.announce or settings.announce
        return EnterQueue(
            queue=self.name,
            priority=self.priority,
            music=self.music or settings.music,
            announce=Announce(announce.position),
            greeting=scene.speech(self.greeting) if self.greeting is not None and scene.is_voice else (),
            after_s=self.after.wait if self.after is not None else None,
            limit=settings.limit,
        )

    def answer(self, scene: Scene, happening: Happening) -> Move:
        if isinstance(happening, QueueLeft):
            return self._left(scene, happening.reason)
        return Stop(outcome="overflowed")  # the apology has been played

    def _left(self, scene: Scene, reason: str) -> Move:
        if reason == CONNECTED_ENDED:
            return Next(note=f"{self.name} served", is_served=True)
        ways = {FULL: self.full, CLOSED: self.closed, NO_AGENTS: self.no_agents}
        if reason not in (*ways, TIMEOUT):
            return Next(note=f"{self.name} left", is_served=True)
        way = ways.get(reason) or (self.after.go if reason == TIMEOUT and self.after else None) or self.otherwise
        return Go(way, note=f"{self.name} {reason}") if way is not None else self._sorry(scene)

    def _sorry(self, scene: Scene) -> Move:
        effects = scene.tell((scene.phrase_speech("unavailable"),), scene.phrase("unavailable"))
        return Wait(effects, {"sorry": True}) if scene.is_voice else Stop(outcome="overflowed", effects=effects)

    def exits(self) -> Iterator[Exit]:
        yield Exit("served", is_heard=True)
        for name in ("full", "closed", "no_agents"):
            own: Way | None = getattr(self, name)
            if own is not None:
                yield Exit(name, (name,), own)
        if self.after is not None:
            yield Exit("after", ("after", "go"), self.after.go, is_heard=True)
        if self.otherwise is not None:
            yield Exit("otherwise", ("otherwise",), self.otherwise)
