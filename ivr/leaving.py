"""Leaving a queue by key or word: what ``queue`` says about it.

Owns: ``keys`` of the queue step with its short form ``{offer: callback}``, or ``{offer: voicemail, on: voice}`` where
only calls are offered it.
Not here: the queue itself (``steps.queue``), the wait (the flow driver).
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, PlainValidator, WithJsonSchema

from .fields import BACK, ONE_OR_MORE, WAY_TITLE, Way, Word, as_list, named, refuse, to_way
from .problems import did_you_mean, quote

MEDIA = ("voice", "text")
DECLINED = {"callback": "declined", "voicemail": "otherwise"}  # what leads back into the line
OFFERS = tuple(DECLINED)  # steps that need no more than the queue's name


def _to_leave_way(value: Any) -> Way:
    """A way out, or ``{offer: callback}``: that step, then back into the line if the contact declines; ``on`` one
    medium alone."""
    if not isinstance(value, dict):
        return to_way(value)
    verb, medium = value.get("offer"), value.get("on", "")
    if verb not in OFFERS:
        mend = did_you_mean(str(verb), OFFERS, f"offer one of: {', '.join(OFFERS)}")
        raise refuse(f"{quote(verb)} cannot be offered to somebody in line", mend)
    unknown = [str(key) for key in value if key not in ("offer", "queue", "on")]
    if unknown:
        raise refuse(f"unknown key {quote(unknown[0])} in offer", did_you_mean(unknown[0], ("offer", "queue", "on")))
    if medium and medium not in MEDIA:
        raise refuse(f"{quote('on')} cannot be {quote(medium)}", "write 'voice' or 'text'")
    words = {DECLINED[verb]: BACK, **({"queue": value["queue"]} if "queue" in value else {})}
    return Way(steps=[{verb: words}], on=medium)


LeaveWay = Annotated[
    Way,
    PlainValidator(_to_leave_way),
    WithJsonSchema(
        {
            "anyOf": [
                {"title": WAY_TITLE},
                {
                    "type": "object",
                    "properties": {
                        "offer": {"enum": list(OFFERS)},
                        "on": {"enum": list(MEDIA)},
                        "queue": {"type": ["string", "number"]},
                    },
                    "required": ["offer"],
                    "additionalProperties": False,
                },
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
