"""The JSON API. ONE FILE = ONE NOUN: its ``blueprint`` holds the noun's endpoints, each with its role.

Owns: collecting the blueprints. Not here: roles (``webhooks.guard``), shapes (``webhooks.shapes``).
"""

from __future__ import annotations

import pkgutil
from importlib import import_module

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    """The blueprint of every noun."""
    found = []
    for name in sorted(module.name for module in pkgutil.iter_modules(__path__)):
        module = import_module(f"{__name__}.{name}")
        if not isinstance(getattr(module, "blueprint", None), Blueprint):
            raise ImportError(f"{module.__file__}: must define `blueprint`")
        found.append(module.blueprint)
    return found
