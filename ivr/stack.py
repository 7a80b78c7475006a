"""Subflows: where a ``call`` came from, and what goes in and comes back.

Owns: the frames of ``Session.stack`` and the scope of values. Not here: walking (``engine``), the words
(``steps.call``, ``steps.return_``).

A subflow sees what it is given and the values with a dot in their names (``contact.level``), which belong to the
interaction; what it sets itself is its own. After ``return`` the caller has its own values again, and the results it
asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .session import Session, Value
from .step import Call

DEPTH_BOUND = 8


def pushed(session: Session, move: Call) -> Session | None:
    """The session inside the subflow, its frame on the stack; None: too many calls inside each other."""
    if len(session.stack) >= DEPTH_BOUND:
        return None
    own, shared = _parted(session.variables)
    frame = {"block": session.block, "index": session.index, "variables": own, "kept": dict(move.kept)}
    return replace(session, stack=(*session.stack, frame), variables={**shared, **move.given})


def popped(session: Session, results: Mapping[str, Value]) -> tuple[Session, tuple[str, int]]:
    """The session back in the caller, and the step it comes back to (the call itself, now done)."""
    frame = session.stack[-1]
    _, shared = _parted(session.variables)
    known = {**session.variables, **results}
    kept = {name: known.get(result, "") for name, result in frame["kept"].items()}
    variables = {**frame["variables"], **shared, **kept}
    return replace(session, stack=session.stack[:-1], variables=variables), (frame["block"], frame["index"])


def _parted(variables: Mapping[str, Value]) -> tuple[dict[str, Value], dict[str, Value]]:
    """``(own values, those of the interaction)``."""
    own = {name: value for name, value in variables.items() if "." not in name}
    return own, {name: value for name, value in variables.items() if "." in name}
