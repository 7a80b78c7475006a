"""Who calls or writes: what a caller is known by, and what a flow may know of them when it begins.

Not here: the call itself (``voice_calls``), the rows of contacts (``eslapp.store.contacts``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eslapp.core.model import Contact, Interaction
from eslapp.store import Tx, interactions, people
from eslapp.store.conversations import Conversation
from ivr.steps.queue import LINE

WITHHELD = frozenset({"anonymous", "unknown", "restricted", "private", "unavailable", "withheld"})


def person(number: str) -> str:
    """What a caller is known by: ``""`` where the number is withheld (RFC 3323), so that strangers share no history.

    >>> person("Anonymous"), person("13800138000")
    ('', '13800138000')
    """
    return "" if number.lower() in WITHHELD else number


def caller_facts(
    number: str, dialled: str, contact: Contact | None, last_agent: str = "", *, is_known: bool = False
) -> Mapping[str, Any]:
    """What a flow may know of a contact when it begins: plain values, cleaned by the engine. ``is_known``: by other
    means than the number."""
    return {
        "contact.number": number,
        "contact.name": contact.name if contact else "",
        "contact.level": contact.level if contact else "",
        "contact.known": contact is not None and (is_known or bool(person(number))),
        "contact.language": contact.language if contact else "",
        "contact.last_agent": last_agent,
        "call.dialled": dialled,
    }


def writer_facts(tx: Tx, interaction: Interaction, conversation: Conversation) -> Mapping[str, Any]:
    """The same of who writes. ``contact.known``: not for the first time."""
    contact = people.person(tx, conversation.contact)
    facts: dict[str, Any] = {"contact.name": interaction.subject, "contact.address": conversation.address}
    if contact is not None:
        facts |= {"contact.language": contact.language, "contact.level": contact.level}
        facts["contact.last_agent"] = interactions.last_agent(tx, contact.id)
        facts["contact.known"] = len(interactions.of_contact(tx, contact.id, limit=2)) > 1
    if interaction.queued_at is not None:  # they come from a line, where they had a place
        facts[LINE] = interaction.queue
    return facts
