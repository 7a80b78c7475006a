"""Visitors of the chat page: a random token in their browser, an address and a contact with us.

Owns: making and finding chat sessions, and which conversation is theirs. Not here: endpoints (``routes``).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask import request

from eslapp.store import Tx, chat_sessions, contacts, conversations, passes, people
from eslapp.store.chat_sessions import ChatSession
from eslapp.store.conversations import Conversation

from ..channels import webchat
from ..deps import Deps
from ..replies import Problem

SESSION_S = 30 * 24 * 3600.0
TOUCH_S = 3600.0
TOKEN_BYTES = 32
CODE_DIGITS, CODE_S, CODE_TRIES = 6, 600.0, 20


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


def begin(deps: Deps, *, account: str, language: str, name: str, member: str = "", given: str = "") -> Visitor:
    """A new visitor with a new contact, joined to who has the same proved ``member`` id.

    ``given``: a link's token; whoever it was sent to is this visitor's contact. 403 for one that was used, or is old.
    """
    now = deps.clock()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    address = f"v-{deps.ids()}"
    new_contact = deps.ids()
    scope = f"{webchat.TYPE}:{account}"

    def whose(tx: Tx) -> str:
        if given:
            known = passes.digest("", passes.CHAT, given)
            came = passes.take(tx, digest=known, purpose=passes.CHAT, by=address, now=now)
            if came is None:
                return ""
            contacts.add_address(tx, came.contact, scope=scope, external_id=address, at=now)
            return came.contact
        about = {"new_id": new_contact, "at": now, "name": name, "language": language}
        return contacts.find_or_create(tx, scope=scope, external_id=address, **about)[0].id

    def work(tx: Tx) -> str:
        contact = whose(tx)
        if not contact:
            return ""
        if member:
            people.learn(tx, contact, scope="member", external_id=member, is_verified=True, at=now)
        chat_sessions.create(
            tx,
            token=token,
            channel=account,
            address=address,
            contact=contact,
            conversation="",
            language=language,
            at=now,
            expires_at=now + SESSION_S,
        )
        return contact

    contact = deps.store.write(work)
    if not contact:
        raise Problem(403, "link-used")
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


def call_code(deps: Deps, visitor: Visitor) -> tuple[str, float]:
    """A new code and its end; the chat's earlier one is void."""
    now = deps.clock()
    key = deps.secrets.session_key

    def work(tx: Tx) -> str:
        conversation = open_conversation(tx, visitor)
        parent = conversation.interaction if conversation is not None else ""
        passes.forget(tx, before=now)
        for _ in range(CODE_TRIES):  # somebody may have the same one now
            code = "".join(str(secrets.randbelow(10)) for _ in range(CODE_DIGITS))
            known = passes.digest(key, passes.DIAL_IN, code)
            if not passes.is_taken(tx, known):
                about = {"contact": visitor.contact, "parent": parent, "expires_at": now + CODE_S}
                passes.add(tx, digest=known, purpose=passes.DIAL_IN, **about)
                return code
        raise Problem(503, "not-ready")

    return deps.store.write(work), now + CODE_S


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
