"""The steps of the language: ONE FILE = ONE STEP, collected here by file name.

Owns: the registry ``STEPS`` (verb -> class). Not here: what all steps share (``ivr.step``, ``ivr.question``).
To add one: write ``steps/<verb>.py`` with one public ``Step`` subclass whose ``verb`` is the file's name.
"""

from __future__ import annotations

import importlib
import pkgutil

from ivr.step import Step


def _collect() -> dict[str, type[Step]]:
    found: dict[str, type[Step]] = {}
    for entry in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{entry.name}")
        steps = [
            value
            for value in vars(module).values()
            if isinstance(value, type) and issubclass(value, Step) and value.__module__ == module.__name__
        ]
        public = [step for step in steps if not step.__name__.startswith("_")]
        if len(public) != 1 or public[0].verb != entry.name.rstrip("_"):
            raise ImportError(f"ivr/steps/{entry.name}.py must hold one Step with verb {entry.name!r}")
        found[public[0].verb] = public[0]
    return found


STEPS: dict[str, type[Step]] = _collect()
