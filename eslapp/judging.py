"""Whether a site's files may go into force: everything ``zongji check`` calls an error keeps them out.

Owns: the quick judgement (loader and the checks that walk no paths: tens of milliseconds), and the slow one (the
proofs) in a process of its own. Not here: the checks (``ivr.checks``), what follows (``services.publisher``).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from gevent import subprocess

from eslapp.services.site_settings import unknown_strategies, wrong_channels
from ivr import checks
from ivr.loader import load_site
from ivr.problems import Problem
from ivr.site import Site

PROOF_S = 120.0


def errors_of(problems: list[Problem]) -> list[Problem]:
    """Those that keep files out of force."""
    return [problem for problem in problems if problem.severity == "error"]


def judged(folder: Path) -> tuple[Site | None, list[Problem]]:
    """The site, or None and every error; proofs are left for ``proved``. For a thread: it takes its time."""
    site, problems = load_site(folder)
    if site is None:
        return None, problems
    problems = errors_of([*checks.run(site, with_proofs=False), *unknown_strategies(site), *wrong_channels(site)])
    return (None, problems) if problems else (site, [])


def proved(folder: Path) -> list[Problem]:
    """The errors that only walking every path finds; by ``zongji check``, in a process of its own."""
    words = [sys.executable, "-m", "eslapp.cli", "check", str(folder), "--json"]
    done = subprocess.run(words, capture_output=True, timeout=PROOF_S, check=False)
    try:
        rows = json.loads(done.stdout)
    except ValueError:
        return []  # the checker itself broke: no reason to take a good revision back
    return errors_of([Problem(**row) for row in rows])
