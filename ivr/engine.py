"""The engine: (session, happening) -> (session, effects). Pure; the hour is passed in.

Owns: walking blocks and steps, the loop budgets, and the fallback that keeps a contact out of silence.
Not here: what steps do (``steps``), carrying effects out (the flow driver of the daemon).

    turn = Engine(site).start(flow="main", medium="voice", at=clock())
    turn = engine.resume(turn.session, KeysPressed("1"), at=clock())

``turn.effects`` is empty where the happening was not waited for: go on waiting. ``turn.fault`` names what broke.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from .effects import Effect, EndFlow, SetLanguage, SetVariables
from .fields import AGAIN, BACK, HANGUP, NEXT, Way
from .flow import FALLBACK
from .scene import Scene
from .session import Session, Value
from .site import Site
from .stack import popped, pushed
from .step import Call, Fail, Go, Move, Next, Return, Stay, Step, Stop, Wait
from .values import clean, clean_value
from .waits import (
    CLOSED,
    FULL,
    NO_AGENTS,
    Failed,
    Happening,
    HungUp,
    KeysPressed,
    QueueLeft,
    Resumed,
    TextArrived,
    WordsHeard,
)

TURN_BOUND = 60  # steps in one turn, that is without waiting for anything
UNHEARD_BOUND = 200  # steps since the contact was last heard (pressed, wrote, waited in a queue)
CAUSE_BOUND = 64
TURNED_AWAY = (FULL, CLOSED, NO_AGENTS)  # a queue that was never waited in
SELF_SERVICE, HANDLED = "self_service", "handled"


@dataclass(frozen=True, slots=True)
class Turn:
    """What the engine answers. The last effect is what is waited for."""

    session: Session
    effects: tuple[Effect, ...]
    fault: str = ""
    broke_at: tuple[str, int] | None = None  # block and index of the step that broke


class _Fault(Exception):
    """Something of ours (or of the author's) broke; the text is for the log."""


class Engine:
    """Walks the flows of one revision of a site. Holds no state of any contact."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def start(
        self,
        *,
        flow: str,
        medium: str,
        at: float,
        language: str = "",
        variables: Mapping[str, Value] | None = None,
        facts: Mapping[str, Value] | None = None,
    ) -> Turn:
        """Begin ``flow`` (an unknown one is the fallback). ``variables``: what is known, e.g. ``contact.name``;
        ``facts``: values of the moment, e.g. ``queue.orders.waiting``, never stored."""
        known = {name: clean_value(value) for name, value in (variables or {}).items()}
        chosen = language if language in self.site.languages else self.site.default_language
        session = Session(flow=flow, medium=medium, language=chosen, revision=self.site.revision, variables=known)
        walk = _Walk(self.site, session, at, facts or {})
        if flow not in self.site.flows:
            return walk.guarded(lambda: walk.fall_back(f"there is no flow {flow!r}"))
        return walk.guarded(lambda: walk.run(self.site.flows[flow].start, 0))

    def resume(
        self, session: Session, happening: Happening, at: float, *, facts: Mapping[str, Value] | None = None
    ) -> Turn:
        """What comes after ``happening``; never raises for anything a contact or a switch can do."""
        if session.is_over:
            return Turn(session, ())
        walk = _Walk(self.site, session, at, facts or {})
        if isinstance(happening, HungUp):
            walk.end(clean(happening.cause, CAUSE_BOUND) or "NORMAL_CLEARING", "")
            return walk.turn()
        if not isinstance(happening, Resumed | Failed) and happening.type not in session.waits_for:
            return Turn(session, ())
        return walk.guarded(lambda: walk.go_on(happening))

    def to_people(self, session: Session, at: float, *, facts: Mapping[str, Value] | None = None) -> Turn:
        """Into the line of the site's fallback, else of its first queue, without a word: over or not, a person is to
        see this one, however long the line is. Ends where the site has no queue."""
        session = replace(session, cause="", outcome="", stack=(), unheard=0, in_fallback=True, is_for_people=True)
        walk = _Walk(self.site, session, at, facts or {})
        return walk.guarded(lambda: walk.run(FALLBACK, len(self.site.blocks[FALLBACK].steps) - 1))


def _is_heard(happening: Happening) -> bool:
    """Whether the contact did something, or spent time in a queue."""
    if isinstance(happening, QueueLeft):
        return happening.reason not in TURNED_AWAY
    return isinstance(happening, KeysPressed | TextArrived | WordsHeard)


class _Walk:
    """One turn in the making."""

    def __init__(self, site: Site, session: Session, at: float, facts: Mapping[str, Value]) -> None:
        self._site, self._session, self._at, self._facts = site, session, at, facts
        self._effects: list[Effect] = []
        self._steps = 0
        self._fault = ""
        self._broke_at: tuple[str, int] | None = None

    def turn(self) -> Turn:
        return Turn(self._session, tuple(self._effects), self._fault, self._broke_at)

    def guarded(self, walk: Callable[[], None]) -> Turn:
        """The boundary: whatever breaks, the contact gets the fallback, and at last a proper end."""
        try:
            walk()
        except Exception as error:  # the boundary of one turn (HOUSE 6)
            reason = str(error) if isinstance(error, _Fault) else f"{type(error).__name__}: {error}"
            try:
                self.fall_back(reason)
            except Exception as second:
                self._fault += f"; then {type(second).__name__}: {second}"
                self.end("NORMAL_TEMPORARY_FAILURE", "")
        return self.turn()

    def go_on(self, happening: Happening) -> None:
        if _is_heard(happening):
            self._session = replace(self._session, unheard=0)
        step = self._step(self._session.block, self._session.index)
        self._adopt(step)
        if isinstance(happening, Failed):
            self._follow(step, Fail(clean(happening.reason)))
        elif isinstance(happening, Resumed):
            self._follow(step, step.enter(self._scene()))
        else:
            self._follow(step, step.answer(self._scene(), happening))

    def _adopt(self, step: Step) -> None:
        """A session of another revision goes on here if its step still stands where it stood."""
        if self._session.revision != self._site.revision:
            if step.verb != self._session.verb:
                raise _Fault(f"the step {self._session.verb} of revision {self._session.revision} is gone")
            self._session = replace(self._session, revision=self._site.revision)

    def run(self, block: str, index: int) -> None:
        """Enter steps from there on until one waits or the flow is over."""
        position: tuple[str, int] | None = (block, index)
        while position is not None:
            position = self._enter(*position)

    def _follow(self, step: Step, move: Move) -> None:
        position = self._moved(step, move)
        if position is not None:
            self.run(*position)

    def _enter(self, block_id: str, index: int) -> tuple[str, int] | None:
        """Do one step; the position of the following one, None where there is none to do now."""
        block = self._site.blocks[block_id]
        if index >= len(block.steps):
            return block.after or self._back({})
        step = block.steps[index]
        if not step.is_for(self._session.medium):
            return block_id, index + 1
        unheard = self._counted()
        self._session = replace(
            self._session,
            unheard=unheard,
            block=block_id,
            index=index,
            verb=step.verb,
            state={},
            waits_for=(),
            flow=block.flow or self._session.flow,
        )
        return self._moved(step, step.enter(self._scene()))

    def _counted(self) -> int:
        """The steps since the contact was heard, with this one."""
        self._steps += 1
        unheard = self._session.unheard + 1
        if self._steps > TURN_BOUND:
            raise _Fault(f"more than {TURN_BOUND} steps without waiting for the contact")
        if unheard > UNHEARD_BOUND:
            raise _Fault(f"more than {UNHEARD_BOUND} steps without hearing from the contact")
        return unheard

    def _moved(self, step: Step, move: Move) -> tuple[str, int] | None:
        """Carry out a step's move: its effects, the trail, and where that leads."""
        if isinstance(move, Fail):
            return self._failed(step, move.reason)
        if isinstance(move, Stay):
            return None
        self._take(move.effects)
        if isinstance(move, Wait):
            waits = getattr(move.effects[-1], "waits_for", ())
            self._session = replace(self._session, waits_for=waits, state=move.state)
            return None
        self._pass(step, getattr(move, "note", ""))
        return self._onward(step, move)

    def _onward(self, step: Step, move: Next | Go | Stop | Call | Return) -> tuple[str, int] | None:
        if isinstance(move, Stop):
            self.end(move.cause, move.outcome or self._session.outcome or SELF_SERVICE)
            return None
        if isinstance(move, Go):
            return self._target(step, move.way)
        if isinstance(move, Return):
            return self._back(move.results)
        if isinstance(move, Call):
            inside = pushed(self._session, move)
            if inside is None:
                return self._failed(step, "too many calls inside each other")
            self._session = inside
            return self._target(step, move.way)
        return self._following(move)

    def _back(self, results: Mapping[str, Value]) -> tuple[str, int] | None:
        """To the step after the ``call``; without one the flow is over."""
        if not self._session.stack:
            self.end("NORMAL_CLEARING", self._session.outcome or SELF_SERVICE)
            return None
        self._session, (block, index) = popped(self._session, results)
        return block, index + 1

    def _following(self, move: Next) -> tuple[str, int] | None:
        block, index = self._session.block, self._session.index + 1
        if move.is_served:
            outcome = HANDLED if move.note.endswith("served") else self._session.outcome
            self._session = replace(self._session, outcome=outcome)
            while index >= len(self._site.blocks[block].steps):
                if not self._session.stack:
                    self.end("NORMAL_CLEARING", outcome)
                    return None
                self._session, (block, index) = popped(self._session, {})
                index += 1
        return block, index

    def _take(self, effects: tuple[Effect, ...]) -> None:
        for effect in effects:
            if isinstance(effect, SetVariables):
                self._session = replace(self._session, variables={**self._session.variables, **effect.variables})
            elif isinstance(effect, SetLanguage):
                self._session = replace(self._session, language=effect.language)
            self._effects.append(effect)

    def _pass(self, step: Step, note: str) -> None:
        block = self._site.blocks[self._session.block]
        place = f"{block.id}.{note if note.startswith(step.verb) else ' '.join(filter(None, (step.verb, note)))}"
        self._session = replace(self._session, trail=self._session.passed(place))

    def _target(self, step: Step, way: Way) -> tuple[str, int] | None:
        block, index = self._session.block, self._session.index
        if way.block == AGAIN:
            return block, index
        if way.block == BACK:
            return self._site.blocks[block].owner
        if way.block == NEXT:
            return block, index + 1
        if way.block == HANGUP:
            self.end("NORMAL_CLEARING", self._session.outcome or SELF_SERVICE)
            return None
        if way.block not in self._site.blocks:
            raise _Fault(f"{block}: the way {way.text!r} of {step.verb} leads nowhere")
        return way.block, 0

    def _failed(self, step: Step, reason: str) -> tuple[str, int] | None:
        self._pass(step, f"{step.verb} failed")
        self._broke_at = self._session.block, self._session.index
        self._fault = f"{self._session.block}: {step.verb}: {reason}"
        way = step.rescue()
        if way is None:
            if step.goes_on_when_failed:
                return self._session.block, self._session.index + 1
            raise _Fault(self._fault)
        return self._target(step, way)

    def fall_back(self, reason: str) -> None:
        """The site's fallback: kind words, then the default queue or the end. A second fault ends the flow."""
        self._fault = reason
        self._broke_at = self._broke_at or (self._session.block, self._session.index)
        self._effects = [effect for effect in self._effects if not getattr(effect, "waits_for", ())]
        if self._session.in_fallback:
            self.end("NORMAL_TEMPORARY_FAILURE", self._session.outcome)
            return
        self._steps = 0
        self._session = replace(
            self._session,
            in_fallback=True,
            stack=(),
            unheard=0,
            revision=self._site.revision,
            trail=self._session.passed("fallback"),
        )
        self.run(FALLBACK, 0)

    def end(self, cause: str, outcome: str) -> None:
        self._session = replace(self._session, cause=cause, outcome=outcome, waits_for=(), state={})
        self._effects.append(EndFlow(cause, outcome))

    def _step(self, block_id: str, index: int) -> Step:
        block = self._site.blocks.get(block_id)
        if block is None or index >= len(block.steps):
            raise _Fault(f"there is no step {block_id}[{index}]")
        return block.steps[index]

    def _scene(self) -> Scene:
        return Scene(self._site, self._session, self._at, self._facts)
