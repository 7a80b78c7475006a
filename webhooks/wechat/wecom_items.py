"""The items that WeCom's ``sync_msg`` gives: customers' messages, answers given in WeCom itself, events.

Owns: their forms and what they mean. Not here: pulling and sending (``channels.wecom_kf``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from ..channels.base import Attachment, Delivery, InboundEvent, Kind
from ..channels.reading import instant, integer, mapping, text
from ..channels.refusals import ACCOUNT_BROKEN, BLOCKED, QUOTA_USED, WINDOW_OVER

CUSTOMER, SERVICER = 3, 5  # origins; 4 is the system
FILES = {"image": "image", "voice": "audio", "video": "video", "file": "file"}
BROKEN = dict.fromkeys((1, 2, 7, 8, 9), ACCOUNT_BROKEN)  # deleted, closed, not bound, not verified
FAILED_AFTER = {**BROKEN, 4: WINDOW_OVER, 5: WINDOW_OVER, 6: QUOTA_USED, 10: BLOCKED}
WELCOME = "welcome_code"  # of an entry: one message within 20 seconds
SESSIONS = {1: "session_taken", 2: "session_moved", 3: "session_ended"}  # in WeCom's own app, by its people
RECALLED = ("user_recall_msg", "servicer_recall_msg")


def delivery(item: dict[str, Any]) -> Delivery:
    """One item of ``sync_msg`` by its own id."""
    told = mapping(item.get("event"))
    whose = text(item.get("external_userid")) or text(told.get("external_userid"))
    body = json.dumps(item, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")
    return Delivery(text(item.get("msgid")) or hashlib.sha256(body).hexdigest(), whose, body)


def event(item: dict[str, Any], address: str) -> InboundEvent:
    """What one item means."""
    kind, origin = text(item.get("msgtype")), integer(item.get("origin"))
    common: dict[str, Any] = {
        "address": address or text(item.get("external_userid")),
        "provider_id": text(item.get("msgid")),
        "language": "zh",
        "at": instant(item.get("send_time")),
    }
    part = mapping(item.get(kind))
    if kind == "event":
        return _told(part, common)
    words = text(part.get("menu_id")) or text(part.get("content")) if kind == "text" else ""
    attachments = tuple(_attachments(kind, part))
    if origin == SERVICER:
        return InboundEvent(kind=Kind.ECHO, text=words or f"[{kind}]", **common)
    if origin != CUSTOMER or (not words and not attachments):
        return InboundEvent(kind=Kind.UNKNOWN, **common)
    return InboundEvent(kind=Kind.TEXT, text=words, attachments=attachments, **common)


def _told(event: dict[str, Any], common: dict[str, Any]) -> InboundEvent:
    name = text(event.get("event_type"))
    common |= {"address": common["address"] or text(event.get("external_userid"))}
    if name == "enter_session":
        told = text(event.get("scene_param")) or text(event.get("scene"))
        code = text(event.get(WELCOME))
        entry = (Attachment(kind="entry", facts={WELCOME: code}),) if code else ()
        return InboundEvent(kind=Kind.EVENT, event="enter", text=told[:200], attachments=entry, **common)
    if name == "msg_send_fail":
        error = FAILED_AFTER.get(integer(event.get("fail_type")) or 0, "wecom-not-delivered")
        common["provider_id"] = text(event.get("fail_msgid"))
        return InboundEvent(kind=Kind.RECEIPT, receipt="failed", error=error, **common)
    if name in RECALLED:
        common["provider_id"] = text(event.get("recall_msgid"))
        return InboundEvent(kind=Kind.RECALLED, **common)
    common["provider_id"] = ""
    if name == "session_status_change" and (change := SESSIONS.get(integer(event.get("change_type")) or 0)):
        return InboundEvent(kind=Kind.EVENT, event=change, **common)
    return InboundEvent(kind=Kind.UNKNOWN, event=name[:40], **common)


def _attachments(kind: str, part: dict[str, Any]) -> Iterator[Attachment]:
    if kind in FILES and text(part.get("media_id")):
        yield Attachment(kind=FILES[kind], ref=text(part["media_id"]))
    elif kind == "location":
        facts = {name: part.get(name) for name in ("latitude", "longitude")} | {"title": text(part.get("name"))}
        yield Attachment(kind="location", facts=facts)
    elif kind == "link":
        facts = {"title": text(part.get("title")), "description": text(part.get("desc")), "url": text(part.get("url"))}
        yield Attachment(kind="link", facts=facts)
    elif kind in ("miniprogram", "business_card"):
        facts = {name[:40]: text(value)[:300] for name, value in list(part.items())[:10]}
        yield Attachment(kind="card", facts=facts)
