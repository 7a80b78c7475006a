"""Files of messages: known when the message is, fetched after, shown with their state.

pending -> ready | failed (given up) | refused (too large, not what it claims). Not here: the bytes (the site's media
folder), fetching (``webhooks.media_worker``).
"""

from __future__ import annotations

from dataclasses import dataclass

from .tx import Row, Tx

MAX_TRIES = 12  # over two days


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """``ref``: what the channel fetches it by; ``path``: below the media folder, "" until it is there."""

    id: str
    message: str
    place: int = 0
    channel: str
    account: str
    direction: str
    kind: str
    ref: str = ""
    name: str = ""
    content_type: str = ""
    path: str = ""
    bytes: int = 0
    state: str = "pending"
    tries: int = 0
    due_at: float = 0.0
    error: str = ""
    added_at: float = 0.0
    settled_at: float | None = None


def add(tx: Tx, media: Media) -> None:
    """Keep one; ``Conflict`` if its id is taken."""
    tx.insert("media", {name: getattr(media, name) for name in Media.__slots__})


def get(tx: Tx, media: str) -> Media | None:
    """One file."""
    row = tx.one("SELECT * FROM media WHERE id = :id", id=media)
    return _media(row) if row else None


def of_message(tx: Tx, message: str) -> list[Media]:
    """The files of a message, in order."""
    return [_media(row) for row in tx.all("SELECT * FROM media WHERE message = :id ORDER BY place", id=message)]


def due(tx: Tx, *, now: float, limit: int = 20) -> list[Media]:
    """What may be fetched now, the oldest first."""
    sql = "SELECT * FROM media WHERE state = 'pending' AND due_at <= :now ORDER BY due_at LIMIT :limit"
    return [_media(row) for row in tx.all(sql, now=now, limit=limit)]


def ready(tx: Tx, media: str, *, path: str, content_type: str, name: str, size: int, at: float) -> bool:
    """It is there. False: somebody else settled it."""
    sql = (
        "UPDATE media SET state = 'ready', path = :path, content_type = :content_type, name = :name, bytes = :size, "
        "error = '', settled_at = :at WHERE id = :id AND state = 'pending'"
    )
    return tx.run(sql, id=media, path=path, content_type=content_type, name=name, size=size, at=at) == 1


def failed(tx: Tx, media: str, *, error: str, at: float, retry_at: float | None) -> str:
    """It is not there: again at ``retry_at``; never where that is None or after ``MAX_TRIES``. The new state."""
    known = get(tx, media)
    if known is None or known.state != "pending":
        return known.state if known else "failed"
    is_over = retry_at is None or known.tries + 1 >= MAX_TRIES
    state = ("refused" if retry_at is None else "failed") if is_over else "pending"
    tx.run(
        "UPDATE media SET state = :state, tries = tries + 1, error = :error, due_at = :due_at, "
        "settled_at = :settled_at WHERE id = :id",
        id=media,
        state=state,
        error=error[:300],
        due_at=retry_at or known.due_at,
        settled_at=at if is_over else None,
    )
    return state


def again(tx: Tx, media: str, *, at: float) -> bool:
    """An agent asks for it once more."""
    sql = (
        "UPDATE media SET state = 'pending', tries = 0, due_at = :at, settled_at = NULL "
        "WHERE id = :id AND state IN ('failed', 'refused')"
    )
    return tx.run(sql, id=media, at=at) == 1


def _media(row: Row) -> Media:
    return Media(**row)
