"""Live streams: server-sent events over the ordered feed, resumable by ``Last-Event-ID``, bounded, cut off when slow.

Owns: the wire form, replay from the log, heartbeats, the limit of streams.
Not here: which event is shown to whom (``api.events``, ``chat.stream``).

>>> frame("OfferMade", {"a": 1}, 7)
b'id: 7\\nevent: OfferMade\\ndata: {"a":1}\\n\\n'
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import gevent
from flask import Response, request
from gevent.socket import wait_read

from eslapp.log import spawn
from eslapp.store import events

from .feed import CutOff, Feed, FeedSubscription
from .replies import Problem
from .web import Web

SOCKET = "zongji.socket"  # of the connection, in the environment of a request
REPLAY_CAP = 5_000  # a client further behind than this starts anew from a snapshot
PAGE = 500
BEAT = b": beat\n\n"


def line_of_request() -> Any:
    """The connection's socket, None where another server serves; asked for before the stream begins."""
    return request.environ.get(SOCKET)


@contextmanager
def ending_with_reader(inbox: FeedSubscription, line: Any) -> Iterator[None]:
    """Cut the stream off in the moment its browser closes the connection, not at the second beat into nothing."""
    watcher = spawn(_watch, line, inbox) if line is not None else None
    try:
        yield
    finally:
        if watcher is not None:
            watcher.kill(block=False)


def _watch(line: Any, inbox: FeedSubscription) -> None:
    """A reader of a stream says nothing more: whatever can be read is the end, or a client that breaks the rule."""
    try:
        wait_read(line.fileno())
        is_over = line.recv(1, socket.MSG_PEEK) == b""
    except (OSError, ValueError, gevent.Timeout):
        is_over = True
    if is_over:
        inbox.cut()


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
