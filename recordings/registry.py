"""Registries by file: a package's siblings are imported and their one public class collected by its ``type``.

Owns: the rule "one file = one engine". A file that breaks it is an import error naming the file, not a silence.
Not here: which engine is chosen (``transcribe.selection``, ``speech.rendering``).
"""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType
from typing import TypeVar

Base = TypeVar("Base")


def collect(package: str, path: list[str], base: type[Base]) -> dict[str, type[Base]]:
    """``{type: class}`` of every module in the package; ``type`` must be the module's own name."""
    found: dict[str, type[Base]] = {}
    for entry in sorted(pkgutil.iter_modules(path), key=lambda module: module.name):
        module = importlib.import_module(f"{package}.{entry.name}")
        found[entry.name] = _only_engine(module, entry.name, base)
    return found


def _only_engine(module: ModuleType, name: str, base: type[Base]) -> type[Base]:
    mine = [
        value
        for key, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, base) and value is not base and not key.startswith("_")
        if value.__module__ == module.__name__
    ]
    if len(mine) != 1:
        raise ImportError(f"{module.__file__}: one public {base.__name__} a file, found {len(mine)}")
    stated = getattr(mine[0], "type", None)
    if stated != name:
        raise ImportError(
            f"{module.__file__}: {mine[0].__name__}.type is {stated!r}; it must be the file's name {name!r}"
        )
    return mine[0]
