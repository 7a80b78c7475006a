"""An agent's text, template, card or file to the contact.

POST /api/interactions/<id>/messages {"text", "client_id", "template", "card", "account", "link"} -> {"message": {...}}
POST /api/interactions/<id>/files?name=a.png&client_id=m-1[&as=link], raw body -> {"message": {...}}
POST /api/messages/<id>/again -> {"message"}: sent once more, where it failed or nobody knows
POST /api/interactions/<id>/seen {"seq"} -> {}: the agent saw what the contact wrote so far
POST /api/interactions/<id>/typing -> {}: the agent writes; told to the contact where the channel shows it, kept nowhere
link: a web chat of the site; the text gets a one-time link that opens it as this contact, in the same chain.
account: during a call, by another channel that goes by telephone numbers (an SMS).
A repeated client_id is the same message. GET .../messages?after=SEQ -> {"messages": [...]}
In the order they were said, by the provider's clock where one came late: go on after the greatest ``seq``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, jsonify, request

from eslapp.chat_links import chat_link, with_link
from eslapp.core.commands import Refused
from eslapp.core.model import Interaction
from eslapp.store import Tx, conversations, messages, people
from eslapp.store.media import Media
from eslapp.store.messages import Message
from eslapp.store.reaching import goes_by_number

from .. import file_answers, read_marks, thread_shapes
from ..channels.base import READ, TYPING
from ..channels.refusals import QUOTA_SHORT
from ..chat.visitors import account_of
from ..feed import Typing
from ..guard import Role, allow
from ..outgoing import Written, post_agent_message, refusal_of, send_again
from ..ready_words import NAMES, filled
from ..replies import Problem, caller_language, sentence
from ..requests import json_object, text_field
from ..rights import my_agent, read_visible, written_in
from ..sending import LINKED
from ..shapes import agent_name
from ..web import web

blueprint = Blueprint("messages", __name__)
CLIENT_ID = re.compile(r"[A-Za-z0-9_.-]{6,64}")


@blueprint.post("/api/interactions/<interaction>/messages")
@allow(Role.AGENT, "text", "client_id", "template", "card", "account", "link")
def post(interaction: str) -> Response:
    parts = web()
    agent = my_agent()
    body = json_object(parts.deps.settings.body_cap)
    prepared = _prepared(interaction, agent, body)
    text = text_field(body, "text", cap=parts.deps.settings.text_cap, required=not prepared)
    text = text or next((str(one["facts"]["text"]) for one in prepared if one["facts"].get("text")), "")
    client_id = _client_id(text_field(body, "client_id", cap=64, required=True))
    text = _with_link(interaction, agent, text, text_field(body, "link", cap=60))
    account, kind = _other_channel(text_field(body, "account", cap=80))
    way = {"account": account, "kind": kind, "new_id": parts.deps.ids()}
    return _posted(interaction, agent, Written(client_id=client_id, text=text, attachments=prepared, **way))


def _with_link(interaction: str, agent: str, text: str, asked: str) -> str:
    """The text with a one-time link to the web chat that is asked for."""
    if not asked:
        return text
    deps, account = web().deps, account_of(web().deps, asked)
    if not deps.settings.public_url:
        raise Problem(409, "no-public-address")
    one = written_in(interaction, agent)
    about = {"base": deps.settings.public_url, "account": account, "contact": one.contact, "parent": one.id}
    link = deps.store.write(lambda tx: chat_link(tx, at=deps.clock(), **about))
    return with_link(text, link)


def _other_channel(account: str) -> tuple[str, str]:
    """An account that reaches people by their number, and its kind: for an SMS during a call."""
    if not account:
        return "", ""
    settings = web().deps.site.channels.get(account)
    if settings is None or not goes_by_number(settings.type):
        raise Problem(404, "not-found", "account: a channel of this site that goes by telephone numbers")
    return account, settings.type


def _prepared(interaction: str, agent: str, body: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """The template or card that is named, as a message keeps it, with what is known of the contact; 404 where the
    channel has none of that name."""
    for kind, key in (("template", "templates"), ("card", "cards")):
        name = text_field(body, kind, cap=80)
        if name:
            account_name, words = _known(interaction, agent)
            account = web().channels.of(account_name)
            known = getattr(account.options, key).get(name) if account else None
            if known is None:
                raise Problem(404, "not-found")
            return ({"kind": kind, "media": "", "name": name, "facts": filled(dict(known), words)},)
    return ()


def _known(interaction: str, agent: str) -> tuple[str, dict[str, str]]:
    """The site's channel that the conversation is on, and the words that templates may name."""
    one, deps = written_in(interaction, agent), web().deps

    def work(tx: Tx) -> tuple[str, dict[str, str]]:
        thread, contact = conversations.get(tx, one.leg), people.person(tx, one.contact)
        told = (contact.name if contact else "", thread.address if thread else "", agent_name(deps.site, agent))
        return thread.account if thread else "", dict(zip(NAMES, told, strict=True))

    return deps.store.read(work)


def _client_id(given: str) -> str:
    if not CLIENT_ID.fullmatch(given):
        raise Problem(400, "bad-request", "client_id: 6 to 64 letters, digits, '-', '_' or '.'")
    return given


@blueprint.post("/api/interactions/<interaction>/files")
@allow(Role.AGENT, raw=True)
def post_file(interaction: str) -> Response:
    agent = my_agent()
    client_id = _client_id(request.args.get("client_id", ""))
    written_in(interaction, agent)
    content, file = file_answers.upload(web().deps)
    is_link = request.args.get("as") == "link"
    file = replace(file, ref=LINKED) if is_link else _sendable(interaction, agent, file)
    file = replace(file, path=file_answers.kept(web().deps, file.id, content))
    shown = {"kind": file.kind, "media": file.id, "name": file.name, "facts": {}}
    text = file_answers.link(web().deps, file) if is_link else ""
    return _posted(interaction, agent, Written(client_id=client_id, text=text, attachments=(shown,), files=(file,)))


def _sendable(interaction: str, agent: str, file: Media) -> Media:
    """The file as a kind that the channel takes, refused before a byte is kept where there is none."""
    parts, refused = web(), Refused("not-supported")
    for kind in dict.fromkeys((file.kind, "file")):
        one = replace(file, kind=kind)
        draft = Written(client_id="", files=(one,))
        found = refusal_of(parts.deps, parts.channels.channels, interaction=interaction, agent=agent, written=draft)
        if found is None:
            return one
        refused = found
    raise _problem(refused)


def _posted(interaction: str, agent: str, written: Written) -> Response:
    parts = web()
    stored = post_agent_message(
        parts.deps, parts.channels.channels, interaction=interaction, agent=agent, written=written
    )
    return _shown(stored)


def _shown(stored: Message | Refused) -> Response:
    if isinstance(stored, Refused):
        raise _problem(stored)
    deps = web().deps
    (shape,) = deps.store.read(lambda tx: thread_shapes.shown(tx, [stored], deps.site))
    return jsonify({"message": shape})


def _problem(refused: Refused) -> Problem:
    if refused.code == QUOTA_SHORT:
        wanted, left = refused.detail.split()
        return Problem(409, refused.code, sentence(refused.code, caller_language()).format(wanted=wanted, left=left))
    return Problem(404 if refused.code == "not-yours" else 409, refused.code)


@blueprint.post("/api/messages/<message>/again")
@allow(Role.AGENT)
def again(message: str) -> Response:
    parts = web()
    return _shown(send_again(parts.deps, parts.channels.channels, message=message, agent=my_agent()))


@blueprint.post("/api/interactions/<interaction>/seen")
@allow(Role.AGENT, "seq")
def seen(interaction: str) -> Response:
    one = written_in(interaction, my_agent())
    number, now = json_object(web().deps.settings.body_cap).get("seq"), web().deps.clock()
    if isinstance(number, int):
        web().deps.store.write(lambda tx: read_marks.agent_saw(tx, one.id, number, now))
        web().show(READ, one)
    return jsonify({})


@blueprint.post("/api/interactions/<interaction>/typing")
@allow(Role.AGENT)
def typing(interaction: str) -> Response:
    one = written_in(interaction, my_agent())
    web().feed.whisper(Typing(one.id, "agent"))
    web().show(TYPING, one)
    return jsonify({})


@blueprint.get("/api/interactions/<interaction>/messages")
@allow(Role.AGENT)
def listing(interaction: str) -> Response:
    site = web().deps.site
    after = max(0, request.args.get("after", 0, type=int))

    def work(tx: Tx, one: Interaction) -> list[dict[str, Any]]:
        return thread_shapes.shown(tx, messages.of_interaction(tx, one.id, after=after), site)

    return jsonify({"messages": read_visible(interaction, work)})
