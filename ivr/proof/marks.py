"""A name for each wait of a flow, the same in a plan of a call and in the call itself.

Owns: the mark. Not here: sending it in the dialog (the daemon, in its test mode), waiting for it (``scenarios``).

A mark changes when the step, the place or a word that is said changes; values said of a contact do not count.
"""

from __future__ import annotations

import hashlib

from ivr.effects import Piece, Recorded, Speech
from ivr.engine import Turn

PREFIX = "zongji-"


def mark(turn: Turn) -> str:
    """``zongji-`` and twelve letters: what a turn waits for; "" where it waits for nothing."""
    session = turn.session
    if session.is_over or not turn.effects or not session.waits_for:
        return ""
    effect = turn.effects[-1]
    said = (*getattr(effect, "speech", ()), *getattr(effect, "greeting", ()), *getattr(effect, "hint", ()))
    parts = (effect.type, session.block, str(session.index), *map(_word, said))
    return PREFIX + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:12]


def _word(part: Speech) -> str:
    if isinstance(part, Piece):
        return f"{part.kind}:{part.language}"
    return part.path if isinstance(part, Recorded) else f"{part.language}:{part.text}"
