"""Everything that is wrong with a site's files: what ``zongji check``, the start, the doctor and a publication look at.

Owns: putting together what reading, the checks and the daemon itself have to say. Not here: the checks
(``ivr.checks``), what the daemon knows (``services.site_settings``), what follows from it.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from eslapp.services.site_settings import unknown_strategies, wrong_channels
from ivr import checks
from ivr.loader import load_draft
from ivr.problems import Problem
from ivr.site import Site


def errors_of(problems: list[Problem]) -> list[Problem]:
    """Those that keep files out of force."""
    return [problem for problem in problems if problem.severity == "error"]


def examined(folder: Path, today: date | None = None, *, with_proofs: bool = True) -> tuple[Site | None, list[Problem]]:
    """Every problem of every file; the site, as far as it can be read, is whole only where none is an error."""
    draft, problems = load_draft(folder)
    if draft is None:
        return None, problems
    found = [*problems, *unknown_strategies(draft), *wrong_channels(draft)]
    with _without_collection():
        return draft, checks.run(draft, today, with_proofs=with_proofs, found=found)


@contextmanager
def _without_collection() -> Iterator[None]:
    """Every path is kept until the end, and looking through all of them again and again for garbage took a fifth of
    the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
