"""Publishes the author's files while calls run: a good state takes effect at once, a bad one changes nothing.

Owns: looking at the files, the order of a publication, the history, taking back what the proofs refute. Calls and
chats go on with the revision they began with (``flow_runs``). Not here: judging (``eslapp.judging``), files on disk
(``eslapp.revisions``), what each part of the daemon does with a new revision (``eslapp.taking_up``).

The files are looked at twice a second, off the hub; they are taken when two looks in a row agree, copied, and judged
from the copy. The proofs that walk every path take seconds: they run after, in a process of their own, and an error
that only they find puts the revision before back in force.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import gevent
from gevent import get_hub
from gevent.lock import RLock

from eslapp.clock import Clock
from eslapp.core.events import SiteRevised
from eslapp.judging import judged, proved
from eslapp.log import get_log, spawn
from eslapp.revisions import FOLDERS, Revisions, names_of
from eslapp.sitedir import SiteDir
from ivr.problems import Problem
from ivr.site import Site

log = get_log("publisher")

EVERY_S = 0.5
SETTLE_S = 0.1  # an editor that writes several files, or one in two halves
SETTLE_LOOKS = 20
TOLD = 20  # problems told to the log, the event and the workbench


class Publisher:
    """``take_up(site)`` puts a revision in force in every part; it raises where it cannot, and nothing changes."""

    def __init__(
        self,
        *,
        site_dir: SiteDir,
        revisions: Revisions,
        site: Site,
        take_up: Callable[[Site], None],
        tell: Callable[[SiteRevised], None],
        clock: Clock,
        prove: Callable[[Path], list[Problem]] = proved,
        in_use: Callable[[], frozenset[str]] = frozenset,
    ) -> None:
        self._dir = site_dir
        self._revisions = revisions
        self._site = site
        self._take_up = take_up
        self._tell = tell
        self._clock = clock
        self._prove = prove
        self._in_use = in_use
        self._one = RLock()  # publications come one after the other
        self._problems: tuple[str, ...] = ()
        self._refuted: dict[str, list[Problem]] = {}
        self._seen: Any = None

    # --- looking -----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """The revision the daemon started with is in force; note it where the history does not say so."""
        state = self._revisions.state()
        self._refuted = {name: [Problem(**row) for row in rows] for name, rows in state.get("refuted", {}).items()}
        if state.get("revision") != self._site.revision:
            self._off_the_hub(self._keep_started)
        self._write_state()

    def run(self) -> None:
        """Look for ever; at once, too: the files may have changed while the daemon was away."""
        while True:
            try:
                self.look()
            except Exception:  # the boundary of a look: the next one comes
                log.exception("look-failed")
            gevent.sleep(EVERY_S)

    def look(self) -> None:
        """Once: publish where something has changed."""
        now = self._off_the_hub(fingerprint, self._dir.root)
        if now != self._seen:
            self._look_again()

    def _look_again(self) -> None:
        """Wait until nobody writes any more, then publish."""
        now = self._off_the_hub(fingerprint, self._dir.root)
        for _ in range(SETTLE_LOOKS):
            gevent.sleep(SETTLE_S)
            before, now = now, self._off_the_hub(fingerprint, self._dir.root)
            if before == now:
                break
        by = self._off_the_hub(writer_of, self._dir.root)
        with self._one:
            self._seen = now
            self._publish(by=by, why="saved")

    # --- publishing --------------------------------------------------------------------------------------------------

    def publish(self, *, by: str, why: str = "published", percent: int | None = None) -> dict[str, Any]:
        """Take up the files as they are; the status after it (with ``problems`` where they are refused)."""
        with self._one:
            self._seen = self._off_the_hub(fingerprint, self._dir.root)
            self._publish(by=by, why=why)
            return self.status()

    def roll_back(self, wish: str, *, by: str) -> dict[str, Any]:
        """Publish the content of an old revision anew, and write it over the author's files, which are kept."""
        with self._one:
            entry = self._off_the_hub(self._revisions.find, wish)
            replaced = self._off_the_hub(self._revisions.write_back, entry.revision)
            log.info("files-replaced", by=by, revision=entry.revision, kept=str(replaced))
            self._seen = self._off_the_hub(fingerprint, self._dir.root)
            self._refuted.pop(entry.revision, None)
            self._publish(by=by, why=f"rolled back to {entry.number}")
            return {**self.status(), "replaced": str(replaced)}

    def decide(self, verdict: str, *, by: str) -> dict[str, Any]:
        """End the canary by hand."""
        raise ValueError("no revision is being tried out")

    def status(self) -> dict[str, Any]:
        """What is in force, and what keeps the files as they are out of it."""
        return {"revision": self._site.revision, "problems": list(self._problems)}

    def history(self) -> list[dict[str, Any]]:
        """All publications, the oldest first."""
        return [asdict(entry) for entry in self._off_the_hub(self._revisions.history)]

    def _publish(self, *, by: str, why: str) -> None:
        site, problems = self._off_the_hub(self._judge)
        if site is not None and site.revision in self._refuted:
            site, problems = None, self._refuted[site.revision]
        if site is None:
            self._refuse(problems, by)
            return
        had_problems, self._problems = bool(self._problems), ()
        if site.revision != self._site.revision or why.startswith("rolled back"):
            self._adopt(site, by, why)
        elif had_problems:
            log.info("site-mended", revision=site.revision)
            self._say(by, "mended")

    def _judge(self) -> tuple[Site | None, list[Problem]]:
        with self._revisions.staged() as staged:
            site, problems = judged(staged)
            if site is not None:
                self._revisions.keep(staged, site.revision)
            return site, problems

    def _adopt(self, site: Site, by: str, why: str) -> None:
        before = self._site
        self._take_up(site)
        self._site = site
        entry = self._off_the_hub(lambda: self._revisions.note(site.revision, at=self._clock(), by=by, why=why))
        log.info("site-published", revision=site.revision, number=entry.number, by=by, why=why, changed=entry.changed)
        self._say(by, why)
        self._off_the_hub(self._revisions.prune, self._in_use() | {site.revision, before.revision})
        spawn(self._prove_it, site, before)

    def _prove_it(self, site: Site, before: Site) -> None:
        try:
            problems = self._prove(self._revisions.path(site.revision))
        except Exception:  # the boundary of one proof: what is not refuted stays
            log.exception("proof-failed", revision=site.revision)
            return
        with self._one:
            if not problems or self._site.revision != site.revision:
                return
            self._refuted[site.revision] = problems
            self._take_up(before)
            self._site = before
            self._off_the_hub(
                lambda: self._revisions.note(
                    before.revision, at=self._clock(), by="zongji", why=f"taken back: {problems[0]}"
                )
            )
            self._refuse(problems, "zongji")

    def _refuse(self, problems: list[Problem], by: str) -> None:
        self._problems = tuple(str(problem) for problem in problems[:TOLD])
        for problem in self._problems:
            log.error("site-broken", problem=problem, kept=self._site.revision)
        self._say(by, "refused")

    def _say(self, by: str, why: str) -> None:
        self._write_state()
        self._tell(SiteRevised(at=self._clock(), revision=self._site.revision, by=by, why=why, problems=self._problems))

    def _write_state(self) -> None:
        refuted = {name: [asdict(one) for one in problems] for name, problems in self._refuted.items()}
        facts = {**self.status(), "refuted": refuted}
        self._off_the_hub(lambda: self._revisions.write_state(**facts))

    def _keep_started(self) -> None:
        with self._revisions.staged() as staged:
            site, _ = judged(staged)
            if site is not None and site.revision == self._site.revision:
                self._revisions.keep(staged, site.revision)
                self._revisions.note(site.revision, at=self._clock(), by=writer_of(self._dir.root), why="started")

    def _off_the_hub(self, work: Callable[..., Any], *args: Any) -> Any:
        return get_hub().threadpool.apply(work, args)


def fingerprint(root: Path) -> tuple[tuple[str, int, int, int], ...]:
    """Changes when a file of the author does, or when a sound file comes or goes: names, times and sizes only."""
    places = [*names_of(root), *(root / folder for folder in FOLDERS)]
    places += [Path(folder) for folder, _, _ in os.walk(root / "prompts")]
    found = []
    for place in places:
        try:
            about = place.stat()
        except OSError:
            continue
        found.append((str(place), about.st_mtime_ns, about.st_size if place.is_file() else 0, about.st_ino))
    return tuple(found)


def writer_of(root: Path) -> str:
    """Who owns the file that was written last."""
    newest = max((file.stat() for file in names_of(root)), key=lambda about: about.st_mtime_ns, default=None)
    try:
        return pwd.getpwuid(newest.st_uid).pw_name if newest is not None else ""
    except KeyError:
        return str(newest.st_uid) if newest is not None else ""
