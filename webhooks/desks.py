"""Whose workbench is open: who closes the browser is asked no more, and after a while their chats go back in line.

Whose was open when a daemon died is expected by the next one as long as anybody whose browser was closed just now.

Owns: counting the live streams of each agent, and what follows when the last one ends: no more offers after ``LOST_S``
("gone"), conversations back to their old place after ``GRACE_S`` more. Who comes back in time finds everything as it
was. Telephone calls go on: the phone is another thing. Not here: the streams (``api.events``), decisions (the router).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import gevent
from gevent.pool import Group

from eslapp.core import commands as ask
from eslapp.core.model import InteractionState, Medium, Presence
from eslapp.log import get_log, spawn
from eslapp.repairs import repaired
from eslapp.store import StoreError, Tx, open_desks

from .board import Board
from .deps import Deps

LOST_S = 20.0
GRACE_S = 40.0  # a minute after the browser was closed: that is noticed at once, but for a machine that lost power
EVERY_S = 1.0
GONE = "gone"  # the reason of the presence, and of offers that are taken back

log = get_log("webhooks.desks")


class Desks:
    """Only who had a stream, in this life or the last one's: an agent with a telephone alone is never missed."""

    def __init__(self, deps: Deps, board: Board) -> None:
        self._deps = deps
        self._board = board
        self._open: dict[str, int] = {}
        self._closed_at: dict[str, float] = {}
        self._lost: set[str] = set()  # of those, who was told to be offline: once, others may say otherwise after
        self._greenlet: gevent.Greenlet | None = None

    def start(self) -> None:
        """Look from now on."""
        self.expect()
        self._greenlet = spawn(self._run)

    def stop(self) -> None:
        """A daemon that ends takes nothing from anybody."""
        if self._greenlet is not None:
            self._greenlet.kill(block=False)

    def expect(self) -> None:
        """Whoever was here before this daemon, and is not back yet."""
        for login in self._deps.store.read(open_desks.everybody):
            if not self._open.get(login):
                self._closed_at.setdefault(login, self._deps.clock())

    @contextmanager
    def at_work(self, login: str) -> Iterator[None]:
        """While one stream of theirs is open."""
        self._open[login] = self._open.get(login, 0) + 1
        if self._open[login] == 1:
            self._came_back(login)
            self._note(lambda tx: open_desks.opened(tx, login, self._deps.clock()))
        try:
            yield
        finally:
            self._open[login] -= 1
            if not self._open[login]:
                self._closed_at[login] = self._deps.clock()

    def look(self) -> None:
        """Once: who has been away for too long?"""
        away = {login: self._deps.clock() - since for login, since in self._closed_at.items()}
        lost = [login for login, away_s in away.items() if away_s >= LOST_S and login not in self._lost]
        self._lost.update(lost)
        Group().map(self._is_lost, lost)  # together: many browsers may go at once
        over = [login for login, away_s in away.items() if away_s >= LOST_S + GRACE_S and login in self._closed_at]
        for login in over:
            del self._closed_at[login]
            self._lost.discard(login)
            self._note(lambda tx, login=login: open_desks.closed(tx, login))
        Group().map(self._give_back, over)

    def _came_back(self, login: str) -> None:
        closed_at = self._closed_at.pop(login, None)
        self._lost.discard(login)
        row = self._board.snapshot().agent(login)
        if closed_at is not None and (row.presence, row.reason) == (Presence.OFFLINE, GONE):
            self._submit(ask.SetPresence(at=self._deps.clock(), agent=login, presence=Presence.AVAILABLE))

    def _is_lost(self, login: str) -> None:
        if self._board.snapshot().agent(login).presence == Presence.AVAILABLE:
            log.info("desk-lost", agent=login)
            repaired("browser")
            self._submit(ask.SetPresence(at=self._deps.clock(), agent=login, presence=Presence.OFFLINE, reason=GONE))

    def _give_back(self, login: str) -> None:
        row = self._board.snapshot().agent(login)
        if (row.presence, row.reason) != (Presence.OFFLINE, GONE):
            return  # at work by other means
        for one in self._board.snapshot().work_of(login):
            if one.medium == Medium.TEXT and one.state in (InteractionState.CONNECTING, InteractionState.CONNECTED):
                log.info("chat-given-back", agent=login, interaction=one.id)
                repaired("chat")
                self._submit(ask.RescindOffer(at=self._deps.clock(), offer=one.offer, reason=ask.AGENT_GONE))

    def _note(self, work: Callable[[Tx], None]) -> None:
        """For the next daemon: not worth a page that does not open."""
        try:
            self._deps.store.write(work)
        except StoreError as error:
            log.warning("desk-not-noted", reason=str(error))

    def _submit(self, command: ask.Command) -> None:
        answer = self._deps.bus.submit(command)
        if isinstance(answer, ask.Refused):
            log.info("desk-refused", command=type(command).__name__, code=answer.code)

    def _run(self) -> None:
        while True:
            gevent.sleep(EVERY_S)
            try:
                self.look()
            except Exception:  # the boundary of a look: the next one comes
                log.exception("desks-failed")
