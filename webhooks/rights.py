"""Whose conversation is it: which agent may see or touch which interaction.

Owns: the object-level rules. Not here: roles of routes (``guard``).

An agent sees what is theirs, what is offered to them, and the history of the contacts they deal with now. Whole people
(all their addresses, merges) they see where they deal with them or have served them.
Somebody else's is "not found": ids cannot be probed. Supervisors and admins see everything.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import g

from eslapp.core.model import Interaction
from eslapp.store import Tx, interactions, people

from .board import Snapshot
from .guard import Role
from .replies import Problem
from .sessions import SignedIn
from .web import web

T = TypeVar("T")


def me() -> SignedIn:
    """Who asks."""
    return g.signed_in


def my_agent() -> str:
    """The asking agent's id; 409 for an admin who is no agent."""
    login = me().login
    if login not in web().deps.site.agents:
        raise Problem(409, "not-an-agent")
    return login


def sees_everything(signed_in: SignedIn) -> bool:
    """Supervisors and admins."""
    return Role.named(signed_in.role) >= Role.SUPERVISOR


def my_contacts(snapshot: Snapshot, agent: str) -> set[str]:
    """The contacts the agent deals with now: in work, in wrap-up or ringing."""
    ringing = [snapshot.interactions.get(offer.interaction) for offer in snapshot.pending_offers(agent)]
    return {one.contact for one in (*snapshot.work_of(agent), *ringing) if one is not None and one.contact}


def may_see(signed_in: SignedIn, interaction: Interaction, snapshot: Snapshot) -> bool:
    """The rule of this module."""
    if sees_everything(signed_in) or signed_in.login in interaction.writers:
        return True
    if any(offer.interaction == interaction.id for offer in snapshot.pending_offers(signed_in.login)):
        return True
    return interaction.contact in my_contacts(snapshot, signed_in.login)


def may_see_person(tx: Tx, contact: str, snapshot: Snapshot, signed_in: SignedIn) -> bool:
    """Whether the asking person may see the whole person behind a contact: whom they deal with, or have served."""
    if sees_everything(signed_in):
        return True
    if set(people.members(tx, contact)) & my_contacts(snapshot, signed_in.login):
        return True
    return interactions.served(tx, contact, signed_in.login)


def visible(tx: Tx, interaction: str, snapshot: Snapshot, signed_in: SignedIn) -> Interaction | None:
    """The interaction, if the asking person may see it."""
    found = interactions.get(tx, interaction) if len(interaction) <= 100 else None
    return found if found is not None and may_see(signed_in, found, snapshot) else None


def mine(interaction: str, agent: str) -> Interaction:
    """The interaction, if it is the agent's own; 404 otherwise."""
    found = web().deps.store.read(lambda tx: interactions.get(tx, interaction)) if len(interaction) <= 100 else None
    if found is None or found.agent != agent:
        raise Problem(404, "not-found")
    return found


def written_in(interaction: str, agent: str) -> Interaction:
    """The interaction, if the agent may write in it: their own, or one they were asked into; 404 otherwise."""
    found = web().deps.store.read(lambda tx: interactions.get(tx, interaction)) if len(interaction) <= 100 else None
    if found is None or agent not in found.writers:
        raise Problem(404, "not-found")
    return found


def read_visible(interaction: str, work: Callable[[Any, Interaction], T]) -> T:
    """``work(tx, interaction)`` in one reading transaction; 404 for what the asking person may not see."""
    parts, signed_in = web(), me()
    snapshot = parts.board.snapshot()

    def guarded(tx: Tx) -> T | None:
        found = visible(tx, interaction, snapshot, signed_in)
        return work(tx, found) if found is not None else None

    answer = parts.deps.store.read(guarded)
    if answer is None:  # said out here: what a pool's thread raises is printed as a fault
        raise Problem(404, "not-found")
    return answer
