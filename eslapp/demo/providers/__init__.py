"""Providers as they behave: signed deliveries, APIs that enforce their rules. ONE FILE = ONE PROVIDER.

For ``zongji demo --channels`` and the contract tests: each speaks real HTTP on loopback, refuses what the real one
refuses (tokens, windows, quotas, lengths, addresses) and has its bad habits on demand. Not here: the channels under
test (``webhooks.channels``); a fake shares no code with the channel it plays against.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module

from .base import Provider

NOT_PROVIDERS = frozenset({"base"})


def provider_types() -> dict[str, type[Provider]]:
    """Every provider by the channel ``type`` it plays for, which must be the file's name."""
    found: dict[str, type[Provider]] = {}
    for module_name in sorted(name for _, name, _ in pkgutil.iter_modules(__path__) if name not in NOT_PROVIDERS):
        module = import_module(f"{__name__}.{module_name}")
        classes = [
            thing
            for thing in vars(module).values()
            if isinstance(thing, type) and issubclass(thing, Provider) and thing.__module__ == module.__name__
        ]
        if len(classes) != 1 or classes[0].type != module_name:
            raise ImportError(f"{module.__file__}: must hold one Provider with type = {module_name!r}")
        found[module_name] = classes[0]
    return found
