"""The words of a trial that the site does not know: queues of facts, steps of answers, names known of the contact.

Owns: finding them, for tests beside flows and for the simulator. Not here: running (``running``), the command line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ivr.kinds import QUEUE_FACTS, given_kinds
from ivr.problems import did_you_mean, quote
from ivr.proof.services import PERFORMED, SERVED
from ivr.scene import BUILT_IN_NAMES
from ivr.site import Site
from ivr.step import MEDIA
from ivr.waits import CONNECTED_ENDED, QUEUE_REASONS

SERVICES = ("AskSystem", "RecordCall", *SERVED, *PERFORMED)
VERBS = "answer callback identify lookup message record survey ticket transfer voicemail".split()
QUEUE_ENDS = tuple(reason.replace(CONNECTED_ENDED, "served").replace("-", "_") for reason in QUEUE_REASONS)
Wrong = tuple[str, str, str, str]  # which words, the name, what is wrong, the mend


def wrong_names(
    site: Site,
    *,
    language: str = "",
    known: Iterable[str] = (),
    facts: Iterable[str] = (),
    answers: Mapping[str, Any] | None = None,
) -> Iterator[Wrong]:
    """Every name that changes nothing because nobody reads it."""
    if language and language not in site.languages:
        text = f"{quote(language)} is not a language of this site"
        yield "language", language, text, did_you_mean(language, site.languages)
    for name in known:
        yield from _of_known(site, name)
    for name in facts:
        names = {f"queue.{queue}.{fact}" for queue in site.queues for fact in QUEUE_FACTS}
        own = name.rpartition(".")
        if (own[0] if own[2] in MEDIA else name) not in names:
            yield "facts", name, f"no flow can ask for {quote(name)}", did_you_mean(name, names)
    for name in answers or {}:
        places = {part for block in site.blocks.values() for part in (block.id, block.section) if part}
        if name not in places and name not in VERBS and name not in SERVICES:
            used = {step.verb for block in site.blocks.values() for step in block.steps if step.verb in VERBS}
            text = f"{quote(name)} is no step that asks a service, and no section"
            yield "answers", name, text, did_you_mean(name, used | places, f"write one of {', '.join(VERBS)}")


def _of_known(site: Site, name: str) -> Iterator[Wrong]:
    kept = {one for block in site.blocks.values() for step in block.steps for one in step.names_set()}
    given = {one for one in given_kinds(site) if one.startswith(("contact.", "call."))}
    if name in BUILT_IN_NAMES:
        mend = "say the hour with 'at', the language with 'language', the medium with 'on'"
        yield "known", name, f"{quote(name)} cannot be set: it tells what is so", mend
    elif name not in kept | given:
        yield "known", name, f"no flow of the site reads {quote(name)}", did_you_mean(name, kept | given)
