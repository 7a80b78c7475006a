"""Whether a site's files may go into force: everything ``zongji check`` calls an error keeps them out.

Owns: the quick judgement (loader and the checks that walk no paths: tens of milliseconds), and the slow one (the
proofs) in a process of its own. Not here: the checks (``ivr.checks``), what follows (``services.publisher``).
"""

from __future__ import annotations

import json
import sys
from dataclasses import fields
from pathlib import Path

from eslapp import less_urgent
from eslapp.examining import errors_of, examined
from ivr.problems import Problem
from ivr.site import Site

PROOF_S = 120.0


def judged(folder: Path) -> tuple[Site | None, list[Problem]]:
    """The site, or None and every error; proofs are left for ``proved``. For a thread: it takes its time."""
    draft, problems = examined(folder, with_proofs=False)
    errors = errors_of(problems)
    return (None, errors) if errors else (draft, [])


def proved(folder: Path) -> list[Problem]:
    """The errors that only walking every path finds; by ``zongji check``, in a process of its own."""
    words = [sys.executable, "-m", "eslapp.cli", "check", str(folder), "--json"]
    _, said = less_urgent.run(words, timeout_s=PROOF_S)
    try:
        rows = json.loads(said)
    except ValueError:
        return []  # the checker itself broke: no reason to take a good revision back
    known = {field.name for field in fields(Problem)}
    return errors_of([Problem(**{key: value for key, value in row.items() if key in known}) for row in rows])
