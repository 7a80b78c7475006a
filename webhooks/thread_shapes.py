"""Messages with their files as the workbench shows them.

Owns: joining messages and the states of their files. Not here: the bytes (``file_answers``), who may see them
(``rights``).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from eslapp.store import Tx, media, sent_parts
from eslapp.store.media import Media
from eslapp.store.messages import Message

from . import shapes
from .ports import SiteView

TROUBLED = frozenset({"failed", "unknown"})
UNSHOWN = frozenset({"entry"})  # what only the provider understands


def shown(tx: Tx, found: Iterable[Message], site: SiteView) -> list[dict[str, Any]]:
    """Each message's shape; ``attachments`` carry ``state`` (pending ready failed refused, "" without a file),
    ``parts`` is ``[sent, of]`` where only some of several went out, else None."""
    told = [(one, {"attachments": attachments(tx, one), "parts": parts(tx, one)}) for one in found]
    return [{**shapes.message_shape(one, site), **more} for one, more in told]


def parts(tx: Tx, message: Message) -> list[int] | None:
    """How far a message came that is several at its provider and did not go out whole; sending again sends the rest."""
    if message.state not in TROUBLED:
        return None
    gone, of = sent_parts.progress(tx, message.id)
    return [gone, of] if of > 1 and gone < of else None


def attachments(tx: Tx, message: Message) -> list[dict[str, Any]]:
    """What is not words, in order, each with what is known of its file."""
    if not message.attachments:
        return []
    files = {one.id: one for one in media.of_message(tx, message.id)}
    told = [one for one in message.attachments if one.get("kind") not in UNSHOWN]
    return [{**one, **_file(files.get(str(one.get("media", ""))))} for one in told]


def _file(one: Media | None) -> dict[str, Any]:
    if one is None:
        return {"state": ""}
    shape = {"state": one.state, "content_type": one.content_type, "bytes": one.bytes, "error": one.error}
    return {**shape, "name": one.name} if one.name else shape
