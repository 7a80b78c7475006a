"""What a waiting contact is told: the place in the queue, as speech and as text.

Owns: the announcement of a place. Not here: when it is due (the flow driver), the place itself (the router).
"""

from __future__ import annotations

from .effects import Piece, Speech
from .numerals import position
from .site import Site


def position_speech(place: int, language: str) -> tuple[Speech, ...]:
    """The announcement for a call; ``catalog.rendered`` makes one sound file of it. ``place`` 1 is next."""
    return (Piece("position", str(max(1, min(place, 999))), language),)


def position_text(site: Site, place: int, language: str) -> str:
    """The announcement for a chat."""
    return position(place, language, site.phrases)
