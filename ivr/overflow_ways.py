"""The steps that a queue's ``overflow`` stands for, and the ways of ``queue`` steps into them.

A ``queue`` step that says nothing of its own about a reason takes these, so the checks, the drawings, the rendered
speech and the engine know them like any other way. Not here: the words (``overflow``); other queues, where the router
sends who cannot wait (``eslapp.core``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .fields import Way
from .flow import OVERFLOW, Block
from .flow_reader import FlowReader
from .overflow import MEDIA, REASON_OF, Elsewhere
from .phrases import phrase
from .problems import Problem
from .site import QueueSettings, SiteFile
from .steps.queue import Queue
from .strict_yaml import Document

SETTING_OF = {reason: name for name, reason in REASON_OF.items()}


def overflow_blocks(settings: SiteFile, document: Document) -> tuple[dict[str, Block], list[Problem]]:
    """One block for each queue and reason with a way of steps."""
    reader = FlowReader(document)
    sorry = {code: phrase("unavailable", code, settings.phrases) for code in settings.languages}
    for name, queue in settings.queues.items():
        for reason, by in queue.overflow.ways().items():
            written = document.value["queues"][name]["overflow"][SETTING_OF[reason]]
            if any(not one.queue for one in by.values()):
                steps = [step for medium in MEDIA for step in _steps(written, name, medium, by.get(medium), sorry)]
                path = ("queues", name, "overflow", SETTING_OF[reason])
                end = {"hangup": {"outcome": "overflowed"}}
                reader.steps_of("", OVERFLOW, [*steps, end], path, block_id(name, reason))
    return reader.blocks, reader.problems


def _steps(written: Any, queue: str, medium: str, one: Elsewhere | None, sorry: Any) -> list[dict[str, Any]]:
    """What this medium does. ``sorry``: the words for one that never comes here, since nothing is ruled for it."""
    if one is None or one.queue:
        return [{"say": sorry, "on": medium}]
    if one.offer:
        return [{one.offer: {"queue": queue}, "on": medium}]
    own = written.get(medium, written)
    if one.say is not None:
        return [{"say": own["say"], "on": medium}]
    if isinstance(own["go"], str):
        return [{"goto": own["go"], "on": medium}]
    steps = [{step: None} if isinstance(step, str) else step for step in own["go"]]
    return [{**step, "on": medium} for step in steps if _on(step) in (None, medium)]


def _on(step: Any) -> Any:
    """The medium that a step of an author's list is for: ``{say: ..., on: voice}`` or ``{say: {..., on: voice}}``."""
    inner = [words.get("on") for words in step.values() if isinstance(words, dict)] if isinstance(step, dict) else []
    return step.get("on") or next(filter(None, inner), None) if isinstance(step, dict) else None


def block_id(queue: str, reason: str) -> str:
    """The block of a queue's reason."""
    return f"{OVERFLOW}.{queue}.{SETTING_OF[reason]}"


def join(blocks: Mapping[str, Block], queues: Mapping[str, QueueSettings]) -> None:
    """Give every ``queue`` step the site's ways for what it says nothing about."""
    for block in list(blocks.values()):
        for step in block.steps:
            if isinstance(step, Queue) and step.name in queues:
                reasons = queues[step.name].overflow.ways()
                step.take_overflow(
                    {
                        (reason, medium): Way(OVERFLOW, block=block_id(step.name, reason))
                        for reason, by in reasons.items()
                        for medium, one in by.items()
                        if not one.queue
                    }
                )
