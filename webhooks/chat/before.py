"""Before the first word: the questions of the site's form, its hours, who the embedding site says the visitor is.

Owns: reading the web chat channel's options for the page. Not here: sessions (``visitors``), messages (``routes``).
"""

from __future__ import annotations

from typing import Any

from eslapp.core.trunk import trunk_of
from ivr.calendars import local_time

from ..channel_accounts import Misconfigured
from ..channels.webchat import WebChatOptions, is_member
from ..replies import Problem
from ..requests import clean, text_field
from ..web import Web

CLOSED = {
    "en": "We are closed at the moment. Write to us: we answer as soon as we are back.",
    "zh": "现在是非工作时间，请直接留言，我们上班后会第一时间回复您。",
}
ANSWER_CAP = 200


def options(parts: Web, account: str) -> WebChatOptions:
    """The channel's options; 503 while they are broken."""
    try:
        found = parts.channels.of(account)
    except Misconfigured:
        raise Problem(503, "not-ready") from None
    return found.options if found is not None else WebChatOptions()


def shape(parts: Web, account: str) -> dict[str, Any]:
    """What the page shows; ``closed`` is empty while it is open."""
    known = options(parts, account)
    form = [{"key": one.key, "label": one.labels(), "required": one.required} for one in known.form]
    is_open = _is_open(parts, known.calendar)
    return {
        "form": form,
        "is_open": is_open,
        "closed": {} if is_open else {**CLOSED, **_own_words(parts, known.calendar), **known.closed},
        "phone": known.phone,
        "calls_back": bool(callback_queue(parts, account)),
        "takes_calls": bool(call_number(parts, account)),
    }


def callback_queue(parts: Web, account: str) -> str:
    """Where visitors who want to be called wait; "" where the channel or the site offers no such thing."""
    site = parts.deps.site
    wanted = options(parts, account).callback
    return wanted if wanted in site.queues and trunk_of(site.trunk).way else ""


def call_number(parts: Web, account: str) -> str:
    """What visitors call from the page; "" where the channel offers it not, or the site has no browser phones."""
    wanted = options(parts, account).call
    return wanted if wanted in parts.deps.site.numbers and parts.deps.settings.phone_url else ""


def _is_open(parts: Web, name: str) -> bool:
    calendar = parts.deps.site.calendars.get(name)
    now = local_time(parts.deps.clock(), parts.deps.site.timezone)
    return calendar is None or calendar.state(now) == "open"


def _own_words(parts: Web, name: str) -> dict[str, str]:
    """What the calendar itself says to who comes too late, by language."""
    told = getattr(parts.deps.site.calendars[name], "closed", None)
    return (
        {language: told.choose(language, in_writing=True)[0] for language in parts.deps.site.languages}
        if told is not None
        else {}
    )


def member(parts: Web, account: str, body: dict[str, Any]) -> str:
    """The member id that the embedding site proved; "" for an unnamed visitor; 403 for a false proof."""
    user_id = text_field(body, "user_id", cap=200).strip()
    given = text_field(body, "user_hash", cap=200)
    if not user_id and not given:
        return ""
    secret = options(parts, account).identity_secret
    if not secret:
        raise Problem(403, "no-identity")
    if not user_id or not is_member(secret, user_id, given):
        raise Problem(403, "bad-identity")
    return user_id


def answers(parts: Web, account: str, given: Any) -> dict[str, str]:
    """The visitor's answers to the questions there are; 400 where a required one is missing."""
    if not isinstance(given, dict):
        return {}
    found = {}
    for one in options(parts, account).form:
        value = " ".join(clean(str(given.get(one.key, ""))).split())[:ANSWER_CAP]
        if one.required and not value:
            raise Problem(400, "bad-request", f"form.{one.key}: must not be empty")
        if value:
            found[one.key] = value
    return found
