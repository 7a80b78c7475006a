"""Visitors of the chat page: a random token in their browser, an address and a contact with us.

Owns: making and finding chat sessions, and which conversation is theirs. Not here: endpoints (``routes``).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask import request

from eslapp.store import Tx, chat_sessions, contacts, conversations, people
from eslapp.store.chat_sessions import ChatSession
from eslapp.store.conversations import Conversation

from ..channels import webchat
from ..deps import Deps
from ..replies import Problem

SESSION_S = 30 * 24 * 3600.0
TOUCH_S = 3600.0
TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Visitor:
    """One browser; ``account`` is the site's channel name."""

    token: str
    account: str
    address: str
    contact: str
    language: str


def account_of(deps: Deps, asked: str) -> str:
    """The web chat channel that was asked for, or the site's first; 404 where there is none."""
    names = [name for name, channel in deps.site.channels.items() if channel.type == webchat.TYPE]
    if asked and asked not in names:
        raise Problem(404, "not-found", f"no web chat channel {asked!r}")
    if not names:
        raise Problem(404, "not-found", "this site has no web chat channel")
    return asked or names[0]


def begin(deps: Deps, *, account: str, language: str, name: str, member: str = "") -> Visitor:
    """A new visitor with a new contact, joined to who has the same proved ``member`` id."""
    now = deps.clock()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    address = f"v-{deps.ids()}"
    new_contact = deps.ids()

    def work(tx: Tx) -> str:
        contact, _ = contacts.find_or_create(
            tx,
            scope=f"{webchat.TYPE}:{account}",
            external_id=address,
            new_id=new_contact,
            at=now,
            name=name,
            language=language,
        )
        if member:
            people.learn(tx, contact.id, scope="member", external_id=member, is_verified=True, at=now)
        chat_sessions.create(
            tx,
            token=token,
            channel=account,
            address=address,
            contact=contact.id,
            conversation="",
            language=language,
            at=now,
            expires_at=now + SESSION_S,
        )
        return contact.id

    contact = deps.store.write(work)
    return Visitor(token, account, address, contact, language)


def of_request(deps: Deps) -> Visitor:
    """The visitor whose token the request carries (``Authorization: Bearer``); 401 otherwise."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token or len(token) > 100:
        raise Problem(401, "signed-out")
    now = deps.clock()
    found = deps.store.read(lambda tx: chat_sessions.find(tx, token, now=now))
    if found is None:
        raise Problem(401, "signed-out")
    if now - found.seen_at > TOUCH_S:
        deps.store.write(lambda tx: chat_sessions.touch(tx, token, now=now))
    return _visitor(token, found)


def open_conversation(tx: Tx, visitor: Visitor) -> Conversation | None:
    """The visitor's conversation in work, if any."""
    return conversations.open_of_address(tx, channel=webchat.TYPE, account=visitor.account, address=visitor.address)


def _visitor(token: str, session: ChatSession) -> Visitor:
    return Visitor(
        token=token,
        account=session.channel,
        address=session.address,
        contact=session.contact,
        language=session.language,
    )
