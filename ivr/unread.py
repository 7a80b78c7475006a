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
    anything is unknown; ``lost``: what was left out, by its path: an entry that is lost is known by name. ``flows``:
    flows nothing is known of; ``words``: all that unreadable text may be about."""

    names: frozenset[str] = frozenset()
    settings: frozenset[str] = frozenset()
    lost: frozenset[Path] = frozenset()
    flows: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    is_partial: bool = False
    is_torn: bool = False  # some text is no YAML: what it led to may be gone with it

    def __bool__(self) -> bool:
        return self.is_partial

    def known(self, setting: str, entries: Iterable[str]) -> frozenset[str]:
        """The names of a setting's entries, with those whose content could not be read."""
        return frozenset(entries) | {str(path[1]) for path in self.lost if len(path) == 2 and path[0] == setting}

    def is_whole(self, *path: str) -> bool:
        """Whether nothing of what stands there was left out."""
        return not any(one[: len(path)] == path or path[: len(one)] == one for one in self.lost)


def settings_lost(paths: Iterable[Path], known: frozenset[str]) -> Unread:
    """What was left out of ``site.yaml``; a misspelt key may be any that is like it."""
    meant = [(top if (top := str(path[0])) in known else nearest(top, known), *path[1:]) for path in paths]
    lost = frozenset(path for path in meant if path[0])
    names = frozenset(str(path[0]) for path in lost if len(path) == 1 or (len(path) == 2 and isinstance(path[1], int)))
    return Unread(names=names, settings=frozenset(str(path[0]) for path in lost), lost=lost)
