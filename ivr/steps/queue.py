"""``queue``: puts the contact in line for an agent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, WithJsonSchema, model_validator

from ivr.choices import chosen
from ivr.effects import Announce, Effect, EnterQueue, SetVariables, TurnedAway, Write
from ivr.evaluation import evaluate
from ivr.expressions import ExpressionError, parse
from ivr.fields import Condition, Duration, FileName, LanguageCode, Name, Text, Way, WayField, Whole, Word
from ivr.leaving import LeaveKey, LeaveWay, LeaveWords, with_queue
from ivr.overflow import REASON_OF
from ivr.part import Level
from ivr.scene import Scene
from ivr.site import AnnounceSettings, QueueSettings
from ivr.step import Exit, Fail, Go, Move, Next, Stay, Step, Stop, Wait
from ivr.strict_yaml import Path
from ivr.values import as_text
from ivr.waits import (
    CLOSED,
    CONNECTED_ENDED,
    FULL,
    NO_AGENTS,
    STAYS,
    TIMEOUT,
    Happening,
    KeysPressed,
    QueueLeft,
    TextArrived,
)

LINE = "call.queue"  # the line the contact has left by a key, or by a link from a call
_STICKY_S = 15.0


def _who_for(value: Any) -> Any:
    """``contact.last_agent for 15 s`` or only the who."""
    if not isinstance(value, str):
        return value
    who, _, span = value.partition(" for ")
    return {"who": who.strip(), "for": span.strip()} if span else {"who": who.strip()}


class _Sticky(BaseModel):
    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    who: Condition
    for_s: Duration = Field(default=_STICKY_S, alias="for")


Sticky = Annotated[
    _Sticky,
    BeforeValidator(_who_for),
    WithJsonSchema({"type": "string", "examples": ["contact.last_agent for 15 s"]}),
]


class _After(BaseModel):
    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    wait: Annotated[Duration, Field(ge=1.0)]
    go: WayField


class Queue(Step):
    """Voice: the greeting, then music and announcements until an agent answers. Text: the greeting as a message.

    Ways out: ``full`` (the queue's ``limit`` are waiting), ``closed`` (its calendar), ``no_agents`` (nobody is signed
    in), ``after: {wait: 2 min, go: ...}``, ``otherwise`` for all of these. Without a way the contact is told that
    nobody is free and the flow ends. When the talk is over the next step is done; without one the flow ends.

    Who writes while the calendar is closed, and no ``closed`` says otherwise, is told the calendar's own words and
    waits: at opening they have come first.

    Of what the step says nothing (nor ``otherwise``) the queue's own ``overflow`` in ``site.yaml`` decides.

    ``keys`` lead out of the line at any time (chats: the key, its ``labels`` or ``words``), ``hint`` tells of them;
    ``{offer: callback}`` comes back to the old place when it is declined; ``{offer: voicemail, on: voice}`` is offered
    to calls alone, and a chat that chooses it is told so and stays in line. ``skills``, ``priority`` and
    ``urgency`` (a word of the queue's ``headstart``) are this contact's; ``agent: contact.last_agent for 15 s`` is
    asked alone first.
    """

    verb = "queue"
    short = "name"
    phrases = ("unavailable",)
    pieces = ("position",)
    text_only = ("labels",)
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
          keys: {9: busy}
          hint: {zh: 不想等待请按9。, en: "To stop waiting, press 9."}
      - say: {zh: 谢谢，再见。, en: Thank you and goodbye.}
      - hangup
    busy:
      - say: {zh: 请稍后再试。, en: Please try again later.}
      - hangup: {outcome: overflowed}
    """

    name: Name
    priority: Annotated[Whole, Field(ge=0, le=9)] = 0
    urgency: Name | None = None
    greeting: Text | None = None
    music: FileName = ""
    announce: AnnounceSettings | None = None
    keys: dict[LeaveKey, LeaveWay] = {}
    labels: dict[Word, Text] = {}
    words: dict[Word, dict[LanguageCode, LeaveWords]] = {}
    hint: Text | None = None
    skills: dict[Name, Level] = {}
    agent: Sticky | None = None
    full: WayField | None = None
    closed: WayField | None = None
    no_agents: WayField | None = None
    after: _After | None = None
    otherwise: WayField | None = None

    _overflow: dict[tuple[str, str], Way] = PrivateAttr(default_factory=dict)  # the site's, by reason and medium

    def take_overflow(self, ways: dict[tuple[str, str], Way]) -> None:
        """What the site says of this queue, for reasons that the step says nothing about."""
        self._overflow = {key: way for key, way in ways.items() if self._own(key[0]) is None}

    def says(self, reason: str) -> bool:
        """Whether the step itself says what happens then."""
        return self._own(reason) is not None

    def _way(self, scene: Scene, reason: str) -> Way | None:
        return self._own(reason) or self._overflow.get((reason, scene.session.medium))

    def _own(self, reason: str) -> Way | None:
        ways = {FULL: self.full, CLOSED: self.closed, NO_AGENTS: self.no_agents}
        return ways.get(reason) or (self.after.go if reason == TIMEOUT and self.after else None) or self.otherwise

    @model_validator(mode="before")
    @classmethod
    def _offers_know_the_queue(cls, values: Any) -> Any:
        if isinstance(values, dict) and "keys" in values:
            return {**values, "keys": with_queue(values["keys"], values.get("name"))}
        return values

    def enter(self, scene: Scene) -> Move:
        if scene.state.get("sorry"):
            return self._sorry(scene)
        settings = scene.site.queues.get(self.name)
        if settings is None:
            return Fail(f"there is no queue {self.name}")
        was_here = scene.session.variables.get(LINE) == self.name  # left by a key, and back again
        is_meant = was_here or scene.session.is_for_people
        if scene.state.get("entered") or is_meant:  # who stood in line is not turned away, nor greeted twice
            told = () if scene.is_voice or scene.state.get("entered") else self._told(scene)  # a call goes on in a chat
            return Wait((*told, self._entering(scene, settings)), {**scene.state, "entered": True})
        reason = self._turned_away(scene, settings)
        if reason and self._way(scene, reason) is None and settings.overflow.queue_for(reason, scene.session.medium):
            reason = ""  # another queue takes them: the router says which
        is_ruled = self.closed is not None or (CLOSED, scene.session.medium) in self._overflow
        if reason == CLOSED and not scene.is_voice and not is_ruled:
            return self._kept(scene, settings)
        if reason:
            return self._left(scene, reason, (TurnedAway(self.name, reason),))
        return Wait((*self._told(scene), self._entering(scene, settings)), {"entered": True})

    def _kept(self, scene: Scene, settings: QueueSettings) -> Move:
        """Into the line of tomorrow, and told so; no limit of the wait applies to a night."""
        own = scene.site.calendars[settings.calendar].closed
        words = (scene.written(own) if own is not None else "") or scene.phrase("closed_kept")
        kept = scene.with_state({**scene.state, "kept": True})
        return Wait((Write(words), self._entering(kept, settings)), {"entered": True, "kept": True})

    def _told(self, scene: Scene) -> tuple[Effect, ...]:
        """On a chat: the greeting, and how to leave."""
        lines = [] if scene.is_voice else [scene.written(text) for text in (self.greeting, self.hint) if text]
        options = tuple(self._labels(scene, self._keys_here(scene)).items())
        lines += [f"{key} {label}" for key, label in options]
        return (Write("\n".join(lines), options),) if not scene.is_voice and lines else ()

    def _labels(self, scene: Scene, keys: Iterable[str]) -> dict[str, str]:
        labelled = ((key, self._of_key(self.labels, key)) for key in keys)
        return {key: scene.written(label) for key, label in labelled if label is not None}

    def _keys_here(self, scene: Scene) -> tuple[str, ...]:
        return tuple(key for key, way in self.keys.items() if way.on in ("", scene.session.medium))

    def _of_key(self, table: dict[str, Any], key: str) -> Any:
        return table.get(key, table.get(self.keys[key].text))

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
            urgency=self.urgency or "",
            music=self.music or settings.music,
            announce=Announce(announce.position, announce.wait),
            greeting=scene.speech(self.greeting) if self.greeting is not None and scene.is_voice else (),
            after_s=self.after.wait if self.after is not None and not scene.state.get("kept") else None,
            limit=settings.limit,
            keys=self._keys_here(scene) if scene.is_voice else (),
            hint=scene.speech(self.hint) if self.hint is not None and scene.is_voice else (),
            may_write=bool(self.keys) and not scene.is_voice,
            skills=dict(self.skills),
            agent=self._named_agent(scene),
            agent_s=self.agent.for_s if self.agent is not None else 0.0,
            own=self._own_ways(scene),
            is_kept=bool(scene.state.get("kept")) or scene.session.is_for_people,
        )

    def _own_ways(self, scene: Scene) -> tuple[str, ...]:
        if scene.session.is_for_people:
            return (STAYS,)
        return tuple(reason for reason in REASON_OF.values() if self._way(scene, reason))

    def _named_agent(self, scene: Scene) -> str:
        """Who is asked first; nobody where it cannot be said."""
        if self.agent is None:
            return ""
        if self.agent.who in scene.site.agents:
            return self.agent.who
        try:
            return as_text(evaluate(parse(self.agent.who), scene.lookup))
        except ExpressionError:
            return ""

    def answer(self, scene: Scene, happening: Happening) -> Move:
        if isinstance(happening, QueueLeft):
            return self._left(scene, happening.reason)
        if isinstance(happening, KeysPressed | TextArrived) and scene.state.get("entered"):
            return self._asked_out(scene, happening)
        return Stop(outcome="overflowed")  # the apology has been played

    def _asked_out(self, scene: Scene, happening: KeysPressed | TextArrived) -> Move:
        """A key, or a word on a chat; anything else changes nothing."""
        if isinstance(happening, KeysPressed):
            meant = {happening.digits} & set(self.keys)
        else:
            meant = chosen(
                happening.text, self._labels(scene, self.keys), {key: self._words_of(key) for key in self.keys}
            )
        if len(meant) != 1:
            return Stay()
        key = meant.pop()
        if key not in self._keys_here(scene):
            told = Write(scene.phrase("not_in_chat"))
            return Wait((told, self._entering(scene, scene.site.queues[self.name])), {**scene.state})
        return Go(self.keys[key], (SetVariables({LINE: self.name}),), note=f"{self.name} key {key}")

    def _words_of(self, key: str) -> list[str]:
        label = self._of_key(self.labels, key)
        listed = [word for words in (self._of_key(self.words, key) or {}).values() for word in words]
        return listed + (list(label.root.values()) if label is not None else [])

    def _left(self, scene: Scene, reason: str, effects: tuple[Effect, ...] = ()) -> Move:
        if reason == CONNECTED_ENDED:
            return Next(note=f"{self.name} served", is_served=True)
        if reason not in REASON_OF.values():
            return Next(note=f"{self.name} left", is_served=True)
        way = self._way(scene, reason)
        return Go(way, effects, note=f"{self.name} {reason}") if way is not None else self._sorry(scene, effects)

    def _sorry(self, scene: Scene, before: tuple[Effect, ...] = ()) -> Move:
        effects = before + scene.tell((scene.phrase_speech("unavailable"),), scene.phrase("unavailable"))
        return Wait(effects, {"sorry": True}) if scene.is_voice else Stop(outcome="overflowed", effects=effects)

    def exits(self) -> Iterator[Exit]:
        yield Exit("served")
        for key, way in self.keys.items():
            yield Exit(f"key {key}", ("keys", key), way, is_heard=True, on=way.on)
        for name in ("full", "closed", "no_agents"):
            own: Way | None = getattr(self, name)
            if own is not None:
                yield Exit(name, (name,), own)
        for reason, way in {reason: way for (reason, _), way in self._overflow.items()}.items():
            yield Exit(f"overflow {reason}", ("name",), way, is_heard=reason == TIMEOUT)
        if self.after is not None:
            yield Exit("after", ("after", "go"), self.after.go, is_heard=True)
        if self.otherwise is not None:
            yield Exit("otherwise", ("otherwise",), self.otherwise)

    def names_read(self) -> Iterator[tuple[Path, str]]:
        if self.agent is not None:
            yield from ((("agent",), name) for name in sorted(parse(self.agent.who).names()))

    def faults(self) -> Iterator[tuple[Path, str, str]]:
        if self.hint is not None and not self.keys:
            yield ("hint",), "a hint tells of keys, and there are none", "add 'keys: {1: SECTION}'"
