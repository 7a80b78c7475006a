"""What an event teaches of who the contact is: ids that the channel vouches for, and what they only say of themselves.

Owns: ``learn``. Not here: whether two contacts are one (``eslapp.core.identity``), the rows (``eslapp.store.people``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eslapp.core.phone_numbers import e164
from eslapp.store import Tx, conversations, messages, people, sent_parts

if TYPE_CHECKING:
    from eslapp.services.inbox_worker import Inbound, Source

ANSWERS_THEIRS = "the same thread"


def learn(tx: Tx, source: Source, contact: str, inbound: Inbound, *, country: str, at: float) -> None:
    """Telephone numbers are kept in one form, however they were written: as the site's country reads them."""
    proved = [*inbound.unions, *([("member", inbound.member_id)] if inbound.member_id else [])]
    said = [(scope, told, True) for scope, told in proved]
    said += [(scope, told, False) for scope, told in inbound.claims]
    for scope, told, is_verified in said:
        address = e164(told, country) if scope == "tel" else told
        people.learn(tx, contact, scope=scope, external_id=address, is_verified=is_verified, at=at)
    _suggest_whom_it_answers(tx, source, contact, inbound, at)


def _suggest_whom_it_answers(tx: Tx, source: Source, contact: str, inbound: Inbound, at: float) -> None:
    """Who answers a message that went to somebody else may be the same, by another address; or a colleague."""
    where = {"channel": source.type, "account": source.account, "provider_id": inbound.reply_to}
    part_of = sent_parts.message_of(tx, **where)
    ours = messages.get(tx, part_of) if part_of else messages.by_provider_id(tx, **where)
    thread = conversations.get(tx, ours.conversation) if ours is not None and ours.direction == "out" else None
    if thread is None:
        return
    theirs, mine = people.root(tx, thread.contact), people.root(tx, contact)
    if theirs != mine:
        people.suggest(tx, theirs, mine, reason=ANSWERS_THEIRS, at=at)
