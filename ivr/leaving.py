"""Leaving a queue by key or word: what ``queue`` says about it.

Owns: ``keys`` of the queue step with its short form ``{offer: callback}``, and which of them an answer means.
Not here: the queue itself (``steps.queue``), the wait (the flow driver).
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, PlainValidator, WithJsonSchema

from .fields import BACK, ONE_OR_MORE, WAY_TITLE, Way, Word, as_list, named, refuse, to_way
from .problems import did_you_mean, quote

DECLINED = {"callback": "declined", "voicemail": "otherwise"}  # what leads back into the line
OFFERS = tuple(DECLINED)  # steps that need no more than the queue's name


def _to_leave_way(value: Any) -> Way:
    """A way out, or ``{offer: callback}``: that step, then back into the line if the contact declines."""
    if not isinstance(value, dict):
        return to_way(value)
    verb = value.get("offer")
    if verb not in OFFERS or not set(value) <= {"offer", "queue"}:
        mend = did_you_mean(str(verb), OFFERS, f"offer one of: {', '.join(OFFERS)}")
        raise refuse(f"{quote(verb)} cannot be offered to somebody in line", mend)
    words = {DECLINED[verb]: BACK, **({"queue": value["queue"]} if "queue" in value else {})}
    return Way(steps=[{verb: words}])


LeaveWay = Annotated[
    Way,
    PlainValidator(_to_leave_way),
    WithJsonSchema(
        {
            "anyOf": [
                {"title": WAY_TITLE},
                {"type": "object", "properties": {"offer": {"enum": list(OFFERS)}}, "required": ["offer"]},
            ]
        }
    ),
]
LeaveKey = Annotated[Word, named(r"^[0-9*#]$", "a key to leave a queue", 'use one of 0-9, "*" and "#"')]
LeaveWords = Annotated[list[Word], BeforeValidator(as_list), ONE_OR_MORE]


def with_queue(keys: Any, queue: Any) -> Any:
    """The raw ``keys`` with the queue's name in each offer."""
    if not isinstance(keys, dict):
        return keys
    return {
        key: {**way, "queue": queue} if isinstance(way, dict) and "offer" in way and queue else way
        for key, way in keys.items()
    }
