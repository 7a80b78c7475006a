"""Live streams: server-sent events over the ordered feed, resumable by ``Last-Event-ID``, bounded, cut off when slow.

Owns: the wire form, replay from the log, heartbeats, the limit of streams.
Not here: which event is shown to whom (``api.events``, ``chat.stream``).

>>> frame("OfferMade", {"a": 1}, 7)
b'id: 7\\nevent: OfferMade\\ndata: {"a":1}\\n\\n'
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from flask import Response, request

from eslapp.store import events

from .feed import CutOff, Feed, FeedSubscription
from .replies import Problem
from .web import Web

REPLAY_CAP = 5_000  # a client further behind than this starts anew from a snapshot
PAGE = 500
BEAT = b": beat\n\n"


def frame(event: str, body: Any, sequence: int | None = None) -> bytes:
    """One event. JSON has no raw line breaks, so one data line is enough. No ``sequence``: resuming skips it."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    name = f"id: {sequence}\n" if sequence is not None else ""
    return f"{name}event: {event}\ndata: {text}\n\n".encode()


def last_event_id() -> int | None:
    """Where the client wants to go on; None for a new stream or nonsense."""
    given = request.headers.get("Last-Event-ID", "") or request.args.get("since", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None


def stream(parts: Web, frames: Iterator[bytes]) -> Response:
    """Answer with a live stream; 503 when there are too many."""
    if parts.streams >= parts.deps.settings.stream_cap:
        raise Problem(503, "not-ready")
    return Response(
        _counted(parts, frames),
        mimetype="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def _counted(parts: Web, frames: Iterator[bytes]) -> Iterator[bytes]:
    parts.streams += 1
    try:
        yield from frames
    finally:
        parts.streams -= 1


def replay(parts: Web, since: int, upto: int) -> Iterator[tuple[int, Any]]:
    """The logged events after ``since`` up to and with ``upto``, page by page."""
    while since < upto:
        start = since
        page = parts.deps.store.read(partial(events.after, sequence=start, limit=PAGE))
        if not page:
            return
        for sequence, event in page:
            if sequence > upto:
                return
            since = sequence
            yield sequence, event


def live(inbox: FeedSubscription, since: int, pause_s: Callable[[], float]) -> Iterator[tuple[int, Any] | None]:
    """Events after ``since`` as they come; None after ``pause_s()`` of silence; ends when cut off."""
    while True:
        item = inbox.get(timeout=pause_s())
        if isinstance(item, CutOff):
            return
        if item is None:
            yield None
        elif item[0] > since:
            since = item[0]
            yield item
        elif item[0] == 0:  # of the moment, without a number
            yield item


def start_of(feed: Feed, asked: int | None) -> tuple[int, bool]:
    """``(since, is_reset)``: where a stream begins; a client too far behind, or ahead, starts anew."""
    if asked is None:
        return feed.position, False
    if asked > feed.position + REPLAY_CAP or feed.position - asked > REPLAY_CAP:
        return feed.position, True
    return asked, False
