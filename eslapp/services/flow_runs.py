"""Runs the pure flow engine and keeps where each interaction stands in the store.

Owns: starting, resuming, saving and loading sessions, and which revision of the site each one runs on.
Not here: carrying effects out (``voice_calls`` on a call, ``chats`` in a conversation), what a step means (``ivr``).
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping
from typing import Any

from gevent import get_hub

from eslapp.clock import Clock
from eslapp.log import get_log, spawn
from eslapp.services.test_calls import TestCall
from eslapp.services.trials import Trial, contact_of
from eslapp.store import Store, Tx, flow_sessions
from eslapp.store.flow_sessions import FlowSession
from ivr.engine import Engine, Turn
from ivr.session import Session, SessionError
from ivr.site import Site
from ivr.waits import Happening

log = get_log("flow_runs")

OPEN_ENGINES = 16  # revisions kept in memory: interactions finish on the revision they began with


class FlowRuns:
    """``publish`` names the newest revision; a session is resumed on its own while that is in memory."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        facts: Callable[[], Mapping[str, Any]],
        older: Callable[[str], Site | None] = lambda _: None,
    ) -> None:
        """``facts()``: values of the moment that flows may ask for, e.g. ``queue.orders.waiting``; ``older``: a kept
        revision that is not in memory (any more)."""
        self._older = older
        self._store = store
        self._clock = clock
        self._facts = facts
        self._engines: dict[str, Engine] = {}
        self._newest: Engine | None = None
        self._trial: Trial | None = None
        self._on_verdict: Callable[[str], None] = lambda _: None

    def publish(self, engine: Engine) -> None:
        """Use this revision for whatever begins from now on; what was tried out is tried out no more."""
        self._newest, self._trial = engine, None
        self._remember(engine)

    def try_out(self, engine: Engine, trial: Trial, on_verdict: Callable[[str], None]) -> None:
        """Use this revision for the trial's share of the contacts. ``on_verdict`` is told once."""
        self._trial, self._on_verdict = trial, on_verdict
        self._remember(engine)

    @property
    def engine(self) -> Engine:
        """The newest revision."""
        if self._newest is None:
            raise RuntimeError("no flow has been published yet")
        return self._newest

    def start(
        self, *, flow: str, medium: str, language: str, variables: Mapping[str, Any], test: TestCall | None = None
    ) -> Turn:
        """Begin a flow on the newest revision. Nothing is saved yet."""
        at, facts = self._moment(test)
        engine = self.engine
        if self._trial is not None and test is None and self._trial.takes(contact_of(variables)):
            engine = self._engine_of(self._trial.revision)
        turn = engine.start(flow=flow, medium=medium, language=language, variables=variables, at=at, facts=facts)
        return self._counted(engine, None, turn, test)

    def resume(self, session: Session, happening: Happening, *, test: TestCall | None = None) -> Turn:
        """Go on after ``happening``. Nothing is saved yet."""
        engine = self._engine_of(session.revision)
        at, facts = self._moment(test)
        turn = engine.resume(session, happening, at, facts=facts)
        return turn if session.is_over else self._counted(engine, happening, turn, test)

    def to_people(self, session: Session) -> Turn:
        """Whatever the flow said: into a line of agents. Nothing is saved yet."""
        at, facts = self._moment(None)
        return self._engine_of(session.revision).to_people(session, at, facts=facts)

    def _counted(self, engine: Engine, happening: Happening | None, turn: Turn, test: TestCall | None) -> Turn:
        """Have the trial, where there is one, count the turn, and tell its verdict."""
        trial = self._trial
        if trial is not None and test is None:
            trial.note(engine.site.revision, happening, turn)
            if turn.session.is_over and (verdict := trial.verdict()):
                self._trial = None
                spawn(self._on_verdict, verdict)
        return turn

    def _engine_of(self, revision: str) -> Engine:
        """The revision a session began with: in memory, or kept on disk; the newest where it is gone altogether."""
        known = self._engines.get(revision)
        if known is not None:
            return known
        site = get_hub().threadpool.apply(self._older, (revision,))
        if site is None or site.revision != revision:
            log.warning("revision-gone", revision=revision, instead=self.engine.site.revision)
            return self.engine
        self._remember(Engine(site))
        return self._engines[revision]

    def _remember(self, engine: Engine) -> None:
        self._engines[engine.site.revision] = engine
        while len(self._engines) > OPEN_ENGINES:
            kept = {self.engine.site.revision, self._trial.revision if self._trial else ""}
            oldest = next(one for one in self._engines if one not in kept)
            del self._engines[oldest]

    def _moment(self, test: TestCall | None) -> tuple[float, Mapping[str, Any]]:
        """The hour and the facts of now, or those a test call brings along."""
        return (self._clock(), self._facts()) if test is None else (test.at, ChainMap(dict(test.facts), self._facts()))

    def load(self, interaction: str) -> Session | None:
        """Where the interaction stands, ``None`` where nothing (readable) was saved."""
        row = self._store.read(lambda tx: flow_sessions.load(tx, interaction))
        try:
            return Session.from_json(row.body) if row else None
        except SessionError:
            return None

    def save(self, tx: Tx, interaction: str, turn: Turn) -> None:
        """Keep where the turn ends, in the caller's transaction; log what went wrong on the way."""
        session = turn.session
        if turn.fault:
            log.warning("flow-fault", interaction=interaction, flow=session.flow, fault=turn.fault)
        flow_sessions.save(
            tx, FlowSession(interaction, session.flow, session.revision, session.to_json(), self._clock())
        )

    def keep(self, interaction: str, turn: Turn) -> None:
        """Keep where the turn ends, in a transaction of its own."""
        self._store.write(lambda tx: self.save(tx, interaction, turn))
