"""Static checks of a site: ONE FILE = ONE CHECK, collected here by file name.

Owns: the registry ``CHECKS`` (code -> class) and running them all. Not here: what is no valid YAML of the language
(``loader`` refuses that). To add one: ``checks/<code>.py`` with one ``Check`` subclass, and a seeded defect
``tests/ivr/defects/<code>.yaml``.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence
from datetime import date

from ivr.check import Check
from ivr.graph import Survey
from ivr.loader import load_draft
from ivr.problems import Problem
from ivr.site import Site


def _collect() -> dict[str, type[Check]]:
    found: dict[str, type[Check]] = {}
    for entry in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{entry.name}")
        checks = [
            value
            for value in vars(module).values()
            if isinstance(value, type) and issubclass(value, Check) and value.__module__ == module.__name__
        ]
        if len(checks) != 1 or checks[0].code != entry.name:
            raise ImportError(f"ivr/checks/{entry.name}.py must hold one Check with code {entry.name!r}")
        found[entry.name] = checks[0]
    return found


CHECKS: dict[str, type[Check]] = _collect()


def check_folder(directory: str, today: date | None = None) -> list[Problem]:
    """``zongji check DIR``: what the loader refuses and what the checks find, together."""
    draft, problems = load_draft(directory)
    return problems if draft is None else run(draft, today, found=problems)


def run(
    site: Site, today: date | None = None, *, with_proofs: bool = True, found: Sequence[Problem] = ()
) -> list[Problem]:
    """All problems of a site, sorted by file and line; ``severity`` tells errors from warnings.

    ``today``: the date at the site, for calendars that expire; None leaves those out. ``with_proofs``: walk every
    path, too, which takes seconds. ``found``: what reading a draft has told, which is part of the answer."""
    survey = Survey(site, today)
    checks = [check() for check in CHECKS.values() if check().can_judge(site.unread)]
    told = {*found, *(problem for check in checks if not check.is_proof for problem in check.find(survey))}
    survey.broken = frozenset(problem.file for problem in told if problem.severity == "error")
    proofs = [check for check in checks if check.is_proof and with_proofs]
    told |= {problem for check in proofs for problem in check.find(survey)}
    return sorted(told)
