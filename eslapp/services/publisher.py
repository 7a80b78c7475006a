"""Publishes the author's files while calls run: a good state takes effect at once, a bad one changes nothing.

Owns: looking at the files, the order of a publication, the history, taking back what the proofs refute. Calls and
chats go on with the revision they began with (``flow_runs``). Not here: judging (``eslapp.judging``), files on disk
(``eslapp.revisions``), what each part of the daemon does with a new revision (``eslapp.taking_up``).

The files are looked at ten times a second, off the hub, or less often where a look takes long; they are taken when two
looks in a row agree, copied, and judged from the copy. The proofs that walk every path take seconds: they run after,
in a process of their own, and an error that only they find puts the last revision back in force that they have not
refuted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import gevent
from gevent import get_hub
from gevent.lock import RLock

from eslapp.clock import Clock, monotonic
from eslapp.core.canary import ENOUGH
from eslapp.core.events import SiteRevised
from eslapp.judging import judged, proved
from eslapp.log import get_log, spawn
from eslapp.revisions import Revisions
from eslapp.services.author_files import fingerprint, flows_of, writer_of
from eslapp.services.trials import Trial
from eslapp.sitedir import SiteDir
from ivr.chinese import both
from ivr.problems import Problem
from ivr.site import Site

log = get_log("publisher")

EVERY_S = 0.1
MOST_S = 0.3  # between two looks at a folder of many files, or on a busy machine
RESTS = 20  # times as long as it looked
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
        on_trial: Callable[[Site, Trial, Callable[[str], None]], None],
        prove: Callable[[Path], list[Problem]] = proved,
        in_use: Callable[[], frozenset[str]] = frozenset,
    ) -> None:
        self._dir = site_dir
        self._revisions = revisions
        self._site = site
        self._good = site  # the newest that the proofs have not refuted
        self._take_up = take_up
        self._tell = tell
        self._clock = clock
        self._on_trial = on_trial
        self._trial: Trial | None = None
        self._tried: Site | None = None
        self._prove = prove
        self._in_use = in_use
        self._one = RLock()  # publications come one after the other
        self._proving = RLock()  # so do proofs
        self._problems: tuple[str, ...] = ()
        self._refuted: dict[str, list[Problem]] = {}
        self._seen: Any = None
        self._kept: dict[str, Any] | None = None  # of the trial, in the state on disk

    # --- looking -----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """The revision the daemon started with is in force; note it where the history does not say so."""
        state = self._revisions.state()
        self._refuted = {name: [Problem(**row) for row in rows] for name, rows in state.get("refuted", {}).items()}
        if state.get("revision") != self._site.revision:
            self._off_the_hub(self._keep_started)
        self._go_on_trying(state.get("canary"))
        self._write_state()

    def _go_on_trying(self, told: dict[str, Any] | None) -> None:
        """A trial that a restart interrupted goes on, with the counts that were kept last."""
        site = self._off_the_hub(self._revisions.load, told["revision"]) if told else None
        if told and site is not None and told["against"] == self._site.revision:
            enough = site.canary.enough if site.canary is not None else ENOUGH
            trial = Trial(site.revision, self._site.revision, told["percent"], enough)
            trial.count_on(told.get("counts", {}))
            self._begin_trial(site, trial)

    def run(self) -> None:
        """Look for ever; at once, too: the files may have changed while the daemon was away."""
        while True:
            began = monotonic()
            try:
                self.look()
                self._keep_counts()
            except Exception:  # the boundary of a look: the next one comes
                log.exception("look-failed")
            gevent.sleep(min(MOST_S, max(EVERY_S, (monotonic() - began) * RESTS)))

    def look(self) -> None:
        """Once: publish where something has changed."""
        now = self._off_the_hub(fingerprint, self._dir.root)
        if now != self._seen:
            self._look_again(now)

    def _look_again(self, now: Any) -> None:
        """Wait until nobody writes any more, then publish."""
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
            for revision in [name for name, found in self._refuted.items() if found[0].code == "canary"]:
                del self._refuted[revision]  # somebody wants it all the same
            self._publish(by=by, why=why, percent=percent)
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
        with self._one:
            if self._trial is None:
                raise ValueError("no revision is being tried out")
            self._decide(verdict, by)
            return self.status()

    def status(self) -> dict[str, Any]:
        """What is in force, and what keeps the files as they are out of it."""
        canary = self._trial.told() if self._trial is not None else None
        return {"revision": self._site.revision, "problems": list(self._problems), "canary": canary}

    def history(self) -> list[dict[str, Any]]:
        """All publications, the oldest first."""
        return [asdict(entry) for entry in self._off_the_hub(self._revisions.history)]

    def _publish(self, *, by: str, why: str, percent: int | None = None) -> None:
        site, problems = self._off_the_hub(self._judge)
        if site is not None and site.revision in self._refuted:
            site, problems = None, self._refuted[site.revision]
        if site is None:
            self._refuse(problems, by)
            return
        had_problems, self._problems = bool(self._problems), ()
        if self._trial is not None and site.revision == self._trial.revision and percent is None and why == "saved":
            pass  # it is being tried out already
        elif percent is not None or self._is_to_be_tried(site, why):
            self._try_out(site, by, percent or (site.canary.percent if site.canary else 1))
        elif site.revision != self._site.revision or self._trial or why.startswith("rolled back"):
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
        self._site, self._trial = site, None
        entry = self._off_the_hub(lambda: self._revisions.note(site.revision, at=self._clock(), by=by, why=why))
        log.info("site-published", revision=site.revision, number=entry.number, by=by, why=why, changed=entry.changed)
        self._say(by, why)
        self._off_the_hub(self._revisions.prune, self._in_use() | {site.revision, before.revision, self._good.revision})
        if site.revision != before.revision:
            spawn(self._prove_it, site)

    # --- trying out --------------------------------------------------------------------------------------------------

    def _is_to_be_tried(self, site: Site, why: str) -> bool:
        """The site asks for it, and flows are what has changed."""
        if site.canary is None or why != "saved" or site.revision == self._site.revision:
            return False
        before, after = (self._off_the_hub(flows_of, self._revisions.path(one.revision)) for one in (self._site, site))
        return bool(before != after)

    def _try_out(self, site: Site, by: str, percent: int) -> None:
        if site.revision == self._site.revision:
            return
        enough = site.canary.enough if site.canary is not None else ENOUGH
        trial = Trial(site.revision, self._site.revision, percent, enough)
        self._begin_trial(site, trial)
        why = f"tried out on {percent} %"
        self._off_the_hub(lambda: self._revisions.note(site.revision, at=self._clock(), by=by, why=why))
        log.info("canary-begun", revision=site.revision, against=self._site.revision, percent=percent, by=by)
        self._say(by, why)
        spawn(self._prove_it, site)

    def _keep_counts(self) -> None:
        """What the trial has counted since: for a daemon that is started again, and for ``zongji flow history``."""
        with self._one:
            told = self._trial.told() if self._trial is not None else None
            if told is not None and told != self._kept:
                self._write_state()

    def _begin_trial(self, site: Site, trial: Trial) -> None:
        def decided(verdict: str) -> None:
            with self._one:
                if self._trial is trial:
                    self._decide(verdict, "zongji")

        self._on_trial(site, trial, decided)
        self._tried, self._trial = site, trial

    def _decide(self, verdict: str, by: str) -> None:
        """The trial ends: everybody gets the new revision, or nobody."""
        trial, tried = self._trial, self._tried
        assert trial is not None and tried is not None
        log.info("canary-ended", verdict=verdict, revision=trial.revision, figures=trial.figures(), by=by)
        if verdict == "promote":
            self._adopt(tried, by, f"promoted: {trial.figures()}")
            return
        mend = "mend the flows and save, or: zongji flow publish"
        text = f"the trial of {trial.revision} was stopped: {trial.figures()}"
        told = Problem("site.yaml", 1, 1, text, mend, "canary")
        self._refuted[trial.revision] = [told]
        self._adopt(self._site, by, f"trial of {trial.revision} stopped: {trial.figures()}")
        self._refuse([told], by)

    def _prove_it(self, site: Site) -> None:
        """One proof at a time, and none of what is no longer in force: an admin may save faster than they are made."""
        with self._proving:
            if self._matters(site):
                self._prove_now(site)

    def _matters(self, site: Site) -> bool:
        """Whether contacts get this revision."""
        return site.revision in (self._site.revision, self._trial.revision if self._trial is not None else "")

    def _prove_now(self, site: Site) -> None:
        try:
            problems = self._prove(self._revisions.path(site.revision))
        except Exception:  # the boundary of one proof: what is not refuted stays
            log.exception("proof-failed", revision=site.revision)
            return
        with self._one:
            if not problems:
                self._good = site
            if not problems or not self._matters(site):
                return
            before = self._good if site.revision == self._site.revision else self._site
            self._trial = None
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
        self._problems = tuple(both(problem) for problem in problems[:TOLD])
        for problem in self._problems:
            log.error("site-broken", problem=problem, kept=self._site.revision)
        self._say(by, "refused")

    def _say(self, by: str, why: str) -> None:
        self._write_state()
        self._tell(SiteRevised(at=self._clock(), revision=self._site.revision, by=by, why=why, problems=self._problems))

    def _write_state(self) -> None:
        refuted = {name: [asdict(one) for one in problems] for name, problems in self._refuted.items()}
        facts = {**self.status(), "refuted": refuted}
        self._kept = facts["canary"]
        self._off_the_hub(lambda: self._revisions.write_state(**facts))

    def _keep_started(self) -> None:
        """From the author's files, or, where they have changed since the start, from those that were good then."""
        for origin in (self._dir.root, self._dir.last_good):
            with self._revisions.staged(origin) as staged:
                site, _ = judged(staged)
                if site is not None and site.revision == self._site.revision:
                    self._revisions.keep(staged, site.revision)
                    self._revisions.note(site.revision, at=self._clock(), by=writer_of(self._dir.root), why="started")
                    return

    def _off_the_hub(self, work: Callable[..., Any], *args: Any) -> Any:
        return get_hub().threadpool.apply(work, args)
