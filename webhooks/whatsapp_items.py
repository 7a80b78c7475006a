"""What Meta tells of a WhatsApp number: batches split into single events, and what each means.

Owns: their forms, what each error code means. Pure. Source: developers.facebook.com/docs/whatsapp/cloud-api/webhooks.
Not here: proof and sending (``channels.whatsapp_meta``).

A contact may have no phone number: then the address is their business-scoped id. It is told beside the number while
they show one, so whoever hides it later is known still.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from .channels.base import Attachment, Delivery, InboundEvent, Kind
from .channels.reading import instant, integer, mapping, sequence, text
from .channels.refusals import ACCOUNT_BROKEN, BAD_ADDRESS, BLOCKED, NOT_SUPPORTED, WINDOW_OVER

MEDIA = {"image": "image", "video": "video", "audio": "audio", "document": "file", "sticker": "sticker"}
STATES = {"sent": "sent", "delivered": "delivered", "read": "read", "played": "read", "failed": "failed"}
OWN_ID = "whatsapp"  # scope of WhatsApp's own ids of people
NEVER = {
    131047: WINDOW_OVER,
    470: WINDOW_OVER,
    131026: BAD_ADDRESS,
    131021: BAD_ADDRESS,
    131050: BLOCKED,
    131051: NOT_SUPPORTED,
    190: ACCOUNT_BROKEN,
    131031: ACCOUNT_BROKEN,
    131005: ACCOUNT_BROKEN,
    368: ACCOUNT_BROKEN,
}


def events(body: dict[str, Any], address: str, scope: str) -> list[InboundEvent]:
    """What one kept delivery means. ``scope``: of the account's addresses."""
    told, kind = mapping(body.get("told")), text(body.get("kind"))
    if kind == "state":
        return _state(told, address)
    if kind == "other":
        return [InboundEvent(kind=Kind.UNKNOWN, address="", event=text(body.get("name"))[:40])]
    if text(told.get("type")) == "system":
        return [_changed(told, address, scope)]
    person = mapping(body.get("person")) or {"profile": {"name": body.get("name")}}  # as older rows have it
    return [_message(told, address, person)]


def deliveries(body: dict[str, Any], phone_id: str) -> Iterator[Delivery]:
    for entry in map(mapping, sequence(body.get("entry"))):
        for change in map(mapping, sequence(entry.get("changes"))):
            value = mapping(change.get("value"))
            messages, states = sequence(value.get("messages")), sequence(value.get("statuses"))
            whose = text(mapping(value.get("metadata")).get("phone_number_id"))
            if whose not in ("", phone_id):
                messages = states = []  # another number of the same app, which Meta sends to one URL: kept as it came
            for told in map(mapping, messages):
                person = _person(value, told)
                address = text(told.get("from")) or text(told.get("from_user_id")) or text(person.get("user_id"))
                yield _delivery("message", text(told.get("id")), address, {"told": told, "person": person})
            for told in map(mapping, states):
                address = text(told.get("recipient_id")) or text(told.get("recipient_user_id"))
                yield _delivery("state", f"{text(told.get('id'))}:{text(told.get('status'))}", address, {"told": told})
            if not messages and not states:  # a template's approval, an error of the account ...: kept
                told = {
                    "name": text(change.get("field")),
                    "told": value,
                    "entry": entry.get("id"),
                    "at": entry.get("time"),
                }
                yield replace(_delivery("other", "", "", told), whose="" if whose == phone_id else whose)


def _person(value: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """Who of the people of the request said it; the only one, where nothing tells."""
    people = [mapping(one) for one in sequence(value.get("contacts"))]
    ids = {text(told.get("from")), text(told.get("from_user_id"))} - {""}
    for one in people:
        if ids & {text(one.get("wa_id")), text(one.get("user_id"))}:
            return one
    return people[0] if len(people) == 1 and not ids else {}


def _delivery(kind: str, key: str, address: str, told: dict[str, Any]) -> Delivery:
    raw = json.dumps({"kind": kind, **told}, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")
    return Delivery(key if key.strip(":") else hashlib.sha256(raw).hexdigest(), address, raw)


def _state(told: dict[str, Any], address: str) -> list[InboundEvent]:
    state = STATES.get(text(told.get("status")))
    if state is None:
        return [InboundEvent(kind=Kind.UNKNOWN, address=address, event=text(told.get("status"))[:40])]
    code = integer(mapping(next(iter(sequence(told.get("errors"))), None)).get("code"))
    error = "" if code is None else NEVER.get(code, f"whatsapp-{code}")
    identity = text(told.get("id"))
    return [InboundEvent(kind=Kind.RECEIPT, address=address, provider_id=identity, receipt=state, error=error)]


def _changed(told: dict[str, Any], address: str, scope: str) -> InboundEvent:
    """A contact with a new number or id stays who they are: the new one is theirs too. Nobody has said anything."""
    system = mapping(told.get("system"))
    names = ("wa_id", "new_wa_id", "user_id", "new_user_id", "current_user_id")
    new = [one for one in dict.fromkeys(text(system.get(name)) for name in names) if one and one != address]
    unions = [(scope, one) for one in new]
    unions += [("tel", f"+{one}") if one.isdigit() else (OWN_ID, one) for one in new]
    name = "changed_number" if "number" in text(system.get("type")) else "changed_id"
    return InboundEvent(
        kind=Kind.EVENT, event=name, address=address, at=instant(told.get("timestamp")), unions=tuple(unions)
    )


def _message(told: dict[str, Any], address: str, person: dict[str, Any]) -> InboundEvent:
    kind, own = text(told.get("type")), text(person.get("user_id")) or text(told.get("from_user_id"))
    profile = mapping(person.get("profile"))
    unions = [("tel", f"+{address}")] if address.isdigit() else []
    common: dict[str, Any] = {
        "address": address,
        "name": (text(profile.get("name")) or text(profile.get("username")))[:80],
        "provider_id": text(told.get("id")),
        "reply_to": text(mapping(told.get("context")).get("id")) or text(mapping(told.get(kind)).get("message_id")),
        "at": instant(told.get("timestamp")),
        "unions": tuple(unions + ([(OWN_ID, own)] if own else [])),
    }
    words = _words(kind, told)
    attachments = tuple(_attachments(kind, told))
    if not words and not attachments:
        return InboundEvent(kind=Kind.UNKNOWN, event=kind[:40], **common)
    return InboundEvent(kind=Kind.TEXT, text=words, attachments=attachments, **common)


def _words(kind: str, told: dict[str, Any]) -> str:
    part = mapping(told.get(kind))
    if kind == "interactive":
        part = mapping(part.get(text(part.get("type"))))
        return text(part.get("id")) or text(part.get("title")) or text(part.get("response_json"))
    if kind == "button":
        return text(part.get("payload")) or text(part.get("text"))
    if kind == "reaction":
        return text(part.get("emoji"))
    return text(part.get("body")) or text(part.get("caption"))


def _attachments(kind: str, told: dict[str, Any]) -> Iterator[Attachment]:
    part = mapping(told.get(kind))
    if kind in MEDIA and text(part.get("id")):
        name, content_type = text(part.get("filename"))[:120], text(part.get("mime_type"))
        yield Attachment(kind=MEDIA[kind], ref=text(part["id"]), name=name, content_type=content_type)
    elif kind == "location":
        facts = {key: part.get(key) for key in ("latitude", "longitude")}
        yield Attachment(kind="location", facts=facts | {"title": text(part.get("name")) or text(part.get("address"))})
    elif kind == "contacts":
        for person in map(mapping, sequence(told.get("contacts"))[:5]):
            phones = [text(mapping(one).get("phone")) for one in sequence(person.get("phones"))]
            name = text(mapping(person.get("name")).get("formatted_name"))
            yield Attachment(kind="contact", facts={"name": name, "phone": ", ".join(phones)})
    elif kind == "order":
        bought = [mapping(one) for one in sequence(part.get("product_items"))[:20]]
        lines = [f"{text(one.get('quantity'))} × {text(one.get('product_retailer_id'))}" for one in bought]
        facts = {"title": ", ".join(lines)[:500], "text": text(part.get("text"))}
        yield Attachment(kind="card", name=text(part.get("catalog_id"))[:80], facts=facts)
