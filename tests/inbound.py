"""A message that a contact has written, for tests that are about what comes of it."""

from __future__ import annotations

from typing import Any

from eslapp.ids import random_id
from eslapp.store.messages import Message


def inbound(text: str, **more: Any) -> Message:
    """On the chat page, unless ``more`` says otherwise."""
    usual = {"conversation": "c", "interaction": "i", "channel": "webchat", "account": "website", "created_at": 0.0}
    told = {"id": random_id(), "direction": "in", "author": "contact", **usual, **more}
    return Message(text=text, **told)
