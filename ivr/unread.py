"""What of a site's files could not be read: checks do not tell of what follows from that alone.

Owns: the record. Not here: who fills it (``loader``), steps that could not be read (``unreadable``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .problems import nearest
from .strict_yaml import Path


@dataclass(frozen=True, slots=True)
class Unread:
    """``names``: the settings of ``site.yaml`` of which not every entry is known by name; ``settings``: those of which
    anything is unknown. ``flows``: flows nothing is known of; ``words``: all that unreadable text may be about."""

    names: frozenset[str] = frozenset()
    settings: frozenset[str] = frozenset()
    flows: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    is_partial: bool = False
    is_torn: bool = False  # some text is no YAML: what it led to may be gone with it

    def __bool__(self) -> bool:
        return self.is_partial


def settings_lost(paths: Iterable[Path], known: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """``(names, settings)`` of what was left out of ``site.yaml``; a misspelt key may be any that is like it."""
    tops = [(str(path[0]), len(path)) for path in paths]
    meant = [(top if top in known else nearest(top, known), length) for top, length in tops]
    names = frozenset(top for top, length in meant if top and length <= 2)
    return names, frozenset(top for top, _ in meant if top)
